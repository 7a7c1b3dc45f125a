import { UsageError } from '../support/errors.ts';
import { type Flag, toKebab } from './flag-type.ts';
import { flags } from './flags.ts';

const allFlags = Object.values<Flag>(flags);
const byShort = new Map(allFlags.flatMap((flag) => (flag.short ? [[flag.short, flag] as const] : [])));

/** Splits `-hi5ms` into `-h`, `-i` and `5ms`, because meow would read `5ms` as flags. Unknown letters stay as they are. */
const splitShorts = (letters: string): string[] | undefined => {
  const parts: string[] = [];
  for (let at = 0; at < letters.length; at++) {
    const flag = byShort.get(letters[at] as string);
    if (!flag) return undefined;
    parts.push(`-${letters[at]}`);
    if (flag.value === undefined) continue;
    const attached = letters.slice(at + 1);
    // A value that starts with a dash would be read as a flag.
    return attached === '' ? parts : [...parts.slice(0, -1), `--${flag.name}=${attached.replace(/^=/, '')}`];
  }
  return parts;
};

/** Rejects a switch with a value, as in `--json=yes`, which meow would read as true. @throws UsageError */
const rejectSwitchValue = (name: string): void => {
  const kebab = toKebab(name);
  const isSwitch = allFlags.some(
    (flag) =>
      flag.value === undefined &&
      [flag.name, `no-${flag.name}`, flag.name.replace(/^no-/, '')].includes(kebab),
  );
  if (isSwitch) throw new UsageError(`--${kebab}: takes no value`);
};

/** Returns the flag that an argument without a value names. */
const flagNamed = (argument: string): Flag | undefined => {
  const [, letter, name] = /^(?:-([A-Za-z])|--([a-z-]+))$/.exec(argument) ?? [];
  return letter === undefined ? allFlags.find((each) => each.name === name) : byShort.get(letter);
};

/** Attaches a negative number to the flag before it. meow would read `-5ms` as flags. */
const attachNegativeNumbers = (argv: readonly string[]): string[] => {
  const attached: string[] = [];
  for (const argument of argv) {
    const flag = flagNamed(attached.at(-1) ?? '');
    const isValue = flag?.value !== undefined && /^-\.?\d/.test(argument);
    if (isValue) attached.splice(-1, 1, `--${flag.name}=${argument}`);
    else attached.push(argument);
  }
  return attached;
};

/** Rejects a repeatable flag without a value, which meow would ignore. @throws UsageError */
const rejectMissingValues = (argv: readonly string[]): void => {
  for (const [index, argument] of argv.entries()) {
    const isEmpty = argument.endsWith('=');
    const flag = flagNamed(isEmpty ? argument.slice(0, -1) : argument);
    if (!flag?.repeatable || flag.value === undefined) continue;
    if (isEmpty || (argv[index + 1]?.startsWith('-') ?? true))
      throw new UsageError(`--${flag.name}: missing value (expected ${flag.value})`);
  }
};

/** Returns the arguments in a form that meow parses correctly: attached values of short flags are separate. @throws UsageError */
export const normalizeArgv = (argv: readonly string[]): string[] => {
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  const normalized = options.flatMap((argument) => {
    const [, name] = /^--([^=]+)=/.exec(argument) ?? [];
    if (name !== undefined) rejectSwitchValue(name);
    const [, letters] = /^-([A-Za-z].+)$/s.exec(argument) ?? [];
    return (letters === undefined ? undefined : splitShorts(letters)) ?? [argument];
  });
  const attached = attachNegativeNumbers(normalized);
  rejectMissingValues(attached);
  return [...attached, ...(end < 0 ? [] : argv.slice(end))];
};
