import { type Duration, parseDuration } from './parse.ts';
import { UsageError } from './words.ts';

/** A flag as the user types it, what it means, and how its value is read. Help and README are drawn from these. */
export type Flag<T = unknown> = {
  /** As typed, without dashes. */
  name: string;
  short?: string;
  /** What stands for the value in the help; a flag without one is a switch. */
  value?: string;
  help: string;
  /** @throws UsageError */
  parse?: (text: string) => T;
};

const text = (value: string): string => value;

export const flags = {
  ndjson: {
    name: 'ndjson',
    help: 'stream records to stdout as NDJSON (so it does when stdout is no terminal)',
  },
  strict: { name: 'strict', help: 'spawns and exits only, four keys a record' },
  initial: { name: 'initial', help: 'with --strict: report the processes found alive at the start, too' },
  filter: {
    name: 'filter',
    short: 'f',
    value: 'FILTER',
    help: 'only what passes: text, /regex/, user=root age<5s, under=4100, !, or, ( )',
    parse: text,
  },
  interval: {
    name: 'interval',
    short: 'i',
    value: 'TIME',
    help: 'time between two looks: 250us, 100ms, 1s (default: adaptive)',
    parse: parseDuration as (value: string) => Duration,
  },
  out: {
    name: 'out',
    short: 'o',
    value: 'DIR',
    help: 'where `d` puts its dumps (default: the working directory)',
    parse: text,
  },
  proc: { name: 'proc', value: 'DIR', help: 'the proc root (default: /proc)', parse: text },
  help: { name: 'help', short: 'h', help: 'print this help' },
  version: { name: 'version', short: 'V', help: 'print the version' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

type ValueOf<F> = F extends { parse: (text: string) => infer T } ? T | undefined : boolean;
export type FlagValues = { -readonly [N in FlagName]: ValueOf<(typeof flags)[N]> };

/**
 * What meow found, checked and read by the table. meow would let NaN through and leave by itself on an unknown flag;
 * words and exit codes are ours.
 * @throws UsageError
 */
export const readFlags = (found: Readonly<Record<string, unknown>>): FlagValues => {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(found)) {
    if (!Object.hasOwn(flags, name)) throw new UsageError(`unknown flag ${dashed(name)}`);
  }
  for (const [name, flag] of Object.entries<Flag>(flags)) {
    const value = found[name];
    if (flag.value === undefined) {
      if (value !== undefined && typeof value !== 'boolean') throw new UsageError(`--${name} takes no value`);
      values[name] = value ?? false;
    } else if (value !== undefined) {
      if (Array.isArray(value)) throw new UsageError(`--${name} given more than once`);
      if (typeof value !== 'string' || value === '')
        throw new UsageError(`--${name} needs a value: ${flag.value}`);
      values[name] = flag.parse?.(value);
    }
  }
  return values as FlagValues;
};

const dashed = (name: string): string => {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return kebab.length === 1 ? `-${kebab}` : `--${kebab}`;
};

/** The flags as the help shows them, one a line. */
export const flagLines = (): { usage: string; help: string }[] =>
  Object.values<Flag>(flags).map(({ name, short, value, help }) => ({
    usage: `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    help,
  }));
