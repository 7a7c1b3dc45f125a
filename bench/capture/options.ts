import { parseArgs } from 'node:util';

export const usage = `npm run bench:capture -- [flags]
  --quick            one short round of everything: a look, not a measurement
  --only NAME        only the rows or parts whose name has NAME in it (repeatable): exec, "fork 0.2", storm, cost, wrap, memory
  --alone            churntop without the others beside it: they disturb each other on few cores
  --rounds N         rounds, of which the medians are taken (3)
  --seconds N        length of a row in one round (10)
  --storm-minutes N  length of the storm in which memory is watched (1; the full one is 10)
  --write            put the tables into docs/benchmarks/accuracy.md`;

export type BenchOptions = {
  alone: boolean;
  rounds: number;
  seconds: number;
  stormMinutes: number;
  write: boolean;
  help: boolean;
  wants: (name: string) => boolean;
};

const positive = (text: string, flag: string): number => {
  const value = Number(text);
  if (!(value > 0 && value <= 100)) throw new Error(`--${flag} must be a number from above 0 to 100`);
  return value;
};

export const parseOptions = (args: string[]): BenchOptions => {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      alone: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'storm-minutes': { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, only, alone, write, help } = values;
  return {
    alone,
    write,
    help,
    rounds: Math.ceil(positive(values.rounds ?? (quick ? '1' : '3'), 'rounds')),
    seconds: positive(values.seconds ?? (quick ? '3' : '10'), 'seconds'),
    stormMinutes: positive(values['storm-minutes'] ?? (quick ? '0.2' : '1'), 'storm-minutes'),
    wants: (name) => only === undefined || only.some((part) => name.includes(part)),
  };
};
