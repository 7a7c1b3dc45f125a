import { parseArgs } from 'node:util';
import { type Source, sources } from './tools/tool.ts';

export const usage = `npm run bench:capture -- [flags]
  --quick            one short round of the most important rows, for a rough result; storms without the other tools
  --source SOURCE    churntop's source: kernel, proc or both (both)
  --only NAME        only rows or parts with NAME in their name (repeatable): exec, "fork 0.2", storm, cost, wrap, memory
  --alone            churntop without the other tools, because they disturb each other on few cores
  --rounds N         number of rounds; the report shows medians (1)
  --seconds N        duration of a row in one round; storms take 40 % of it (10)
  --storm-minutes N  duration of the storm of the memory measurement for each source (0.5; 60 for a complete one)
  --write            write the tables into docs/benchmarks/accuracy.md`;

export type BenchOptions = {
  quick: boolean;
  sources: readonly Source[];
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

const parseSources = (text: string): readonly Source[] => {
  const selected = sources.filter((source) => text === source || text === 'both');
  if (selected.length > 0) return selected;
  throw new Error(`--source: invalid value ${JSON.stringify(text)} (expected kernel, proc or both)`);
};

export const parseOptions = (args: string[]): BenchOptions => {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      source: { type: 'string', default: 'both' },
      only: { type: 'string', multiple: true },
      alone: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      'storm-minutes': { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { quick, only, alone, write, help } = values;
  return {
    quick,
    sources: parseSources(values.source),
    alone,
    write,
    help,
    rounds: Math.ceil(parsePositive(values.rounds, 'rounds')),
    seconds: parsePositive(values.seconds ?? (quick ? '2' : '10'), 'seconds'),
    stormMinutes: parsePositive(values['storm-minutes'] ?? (quick ? '0.1' : '0.5'), 'storm-minutes'),
    isSelected: (name) => only === undefined || only.some((part) => name.includes(part)),
  };
};
