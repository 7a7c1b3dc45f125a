import { parseArgs } from 'node:util';

export const usage = `npm run bench:capture -- [flags]
  --quick            one short round of everything, for a rough result
  --only NAME        only rows or parts with NAME in their name (repeatable): exec, "fork 0.2", storm, cost, wrap, memory
  --alone            churntop without the other tools, because they disturb each other on few cores
  --rounds N         number of rounds; the report shows medians (3)
  --seconds N        duration of a row in one round (10)
  --storm-minutes N  duration of the storm of the memory measurement (1; 10 for a complete one)
  --write            write the tables into docs/benchmarks/accuracy.md`;

export type BenchOptions = {
  alone: boolean;
  rounds: number;
  seconds: number;
  stormMinutes: number;
  write: boolean;
  help: boolean;
  /** Returns whether a row or part was selected. */
  isSelected: (name: string) => boolean;
};

const parsePositive = (text: string, flag: string): number => {
  const value = Number(text);
  if (value > 0 && value <= 100) return value;
  throw new Error(`--${flag}: invalid number ${JSON.stringify(text)} (expected above 0, at most 100)`);
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
    rounds: Math.ceil(parsePositive(values.rounds ?? (quick ? '1' : '3'), 'rounds')),
    seconds: parsePositive(values.seconds ?? (quick ? '3' : '10'), 'seconds'),
    stormMinutes: parsePositive(values['storm-minutes'] ?? (quick ? '0.2' : '1'), 'storm-minutes'),
    isSelected: (name) => only === undefined || only.some((part) => name.includes(part)),
  };
};
