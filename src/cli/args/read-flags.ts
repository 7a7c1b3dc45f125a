import { didYouMean } from '../../util/closest.ts';
import { printable } from '../../util/printable.ts';
import { quoteValue, UsageError } from '../support/errors.ts';
import { type CommandName, commandUsage } from './commands.ts';
import { appliesTo, type Flag, toKebab } from './flag-type.ts';
import { type FlagValues, flags } from './flags.ts';

/** Flags by key, as meow and the configuration file return them: switches as booleans, values as text. */
export type RawFlags = Readonly<Record<string, unknown>>;

/**
 * Checks raw flags against the table and parses their values. meow checks neither: it accepts NaN as a number, and exits
 * the process on an unknown flag.
 * @throws UsageError
 */
export const readFlags = (raw: RawFlags, command: CommandName): FlagValues => {
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(flags, key)) throw unknownFlag(flagSyntax(key));
  }
  for (const [key, flag] of Object.entries<Flag>(flags)) {
    const value = raw[key];
    if (value !== undefined && !appliesTo(flag, command))
      throw new UsageError(`--${flag.name}: not a flag of ${quoteValue(commandUsage(command))}`);
    if (flag.value === undefined) values[key] = readSwitch(flag, value);
    else if (value !== undefined) values[key] = readValues(flag, value);
  }
  return values as FlagValues;
};

const readSwitch = ({ name, negated, tristate }: Flag, value: unknown): boolean | undefined => {
  if (value !== undefined && typeof value !== 'boolean') throw new UsageError(`--${name}: takes no value`);
  return value ?? (tristate ? undefined : negated === true);
};

const readValues = (flag: Flag, value: unknown): unknown => {
  if (Array.isArray(value) && !flag.repeatable) throw new UsageError(`--${flag.name}: given more than once`);
  const parsed = [value].flat().map((text: unknown) => {
    if (typeof text !== 'string' || text === '') throw missingValue(flag, `--${flag.name}`);
    return parseFlagValue(flag, text, `--${flag.name}`);
  });
  return flag.repeatable ? parsed : parsed[0];
};

/** Returns the error for a flag without a value. `label` is the flag as typed. */
export const missingValue = ({ value }: Flag, label: string): UsageError =>
  new UsageError(`${label}: missing value (expected ${value})`);

/** Parses the value of a flag. `label` is the flag as typed. @throws UsageError that starts with the label */
export const parseFlagValue = (flag: Flag, text: string, label: string): unknown => {
  try {
    return flag.parse?.(text);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${label}: ${error.message}`);
    throw error;
  }
};

/** Returns the error for an unknown flag, with the most similar name. `label` is the flag as typed. */
export const unknownFlag = (label: string): UsageError => {
  const [, dashes = '', word = ''] = /^(-*)([a-z-]*)$/.exec(label) ?? [];
  const names = Object.values<Flag>(flags).map(({ name }) => name);
  return new UsageError(
    `${printable(label)}: unknown flag${didYouMean(word, names, dashes === '' ? '' : '--')}`,
  );
};

const flagSyntax = (key: string): string => {
  const kebab = toKebab(key);
  return kebab.length === 1 ? `-${kebab}` : `--${kebab}`;
};

/** Returns the flags of a command, or all flags. */
export const flagsFor = (command?: CommandName): Flag[] =>
  Object.values<Flag>(flags).filter((flag) => !command || appliesTo(flag, command));
