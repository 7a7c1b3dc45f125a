import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CliError, describeError, quoteValue, UsageError } from '../support/errors.ts';
import type { Flag } from './flag-type.ts';
import { flags } from './flags.ts';
import { missingValue, parseFlagValue, unknownFlag } from './read-flags.ts';

type RawFlagValue = string | boolean | string[];

/** The flags of a configuration file, not parsed yet, and the `FILE:LINE` of each. */
export type ParsedConfig = {
  values: Readonly<Record<string, RawFlagValue>>;
  locations: Readonly<Record<string, string>>;
};

const emptyConfig: ParsedConfig = { values: {}, locations: {} };

const maxConfigChars = 64 << 10;

/** Returns the user's file (https://specifications.freedesktop.org/basedir/latest/), if the environment has a home. */
const defaultConfigPath = ({ XDG_CONFIG_HOME: xdg, HOME: home }: NodeJS.ProcessEnv): string | undefined => {
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'churntop', 'config');
  return home ? join(home, '.config', 'churntop', 'config') : undefined;
};

/** Reads a file, or by default the user's file if it exists. @throws UsageError, CliError */
export const readConfig = (
  explicitPath: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): ParsedConfig => {
  const path = explicitPath ?? defaultConfigPath(env);
  if (path === undefined) return emptyConfig;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (explicitPath === undefined && isMissing(path, (error as NodeJS.ErrnoException).code))
      return emptyConfig;
    throw new CliError(`${path}: ${describeError(error)}`);
  }
  if (text.length > maxConfigChars) throw new UsageError(`${path}: too long (expected at most 64 KiB)`);
  return parseConfig(text, path);
};

/**
 * Returns whether the error means that the file does not exist. A home directory without search permission counts as
 * missing, because su and setpriv leave the HOME of another user in the environment.
 */
const isMissing = (path: string, code: string | undefined): boolean => {
  if (code !== 'EACCES') return code === 'ENOENT' || code === 'ENOTDIR';
  try {
    accessSync(dirname(path), constants.X_OK);
    return false;
  } catch {
    return true;
  }
};

/** Parses one flag per line, with or without leading dashes. `#` starts a comment line. @throws UsageError with the line */
export const parseConfig = (text: string, path: string): ParsedConfig => {
  const values: Record<string, RawFlagValue> = {};
  const locations: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const location = `${path}:${index + 1}`;
    try {
      const { key, flag, value } = parseConfigLine(trimmed);
      if (locations[key] !== undefined && !flag.repeatable)
        throw new UsageError(`${flag.name}: given more than once (first at ${locations[key]})`);
      values[key] = flag.repeatable ? ([values[key] ?? [], value].flat() as string[]) : value;
      locations[key] = location;
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`${location}: ${error.message}`);
      throw error;
    }
  }
  return { values, locations };
};

const parseConfigLine = (line: string): { key: string; flag: Flag; value: string | boolean } => {
  const [, name, value] = /^(?:--)?([a-z][a-z-]*)(?:(?:\s*=\s*|\s+)(.*))?$/.exec(line) ?? [];
  if (name === undefined)
    throw new UsageError(`invalid line ${quoteValue(line)} (expected FLAG or FLAG VALUE)`);
  for (const [key, flag] of Object.entries<Flag>(flags)) {
    const positive = flag.negated ? flag.name.slice('no-'.length) : flag.name;
    const off = flag.value === undefined && name === `no-${positive}`;
    if (name !== positive && !off) continue;
    if (!flag.config) throw new UsageError(`${name}: not allowed in a configuration file`);
    if (flag.value === undefined) {
      if (value) throw new UsageError(`${name}: takes no value`);
      return { key, flag, value: !off };
    }
    if (!value) throw missingValue(flag, name);
    parseFlagValue(flag, value, name);
    return { key, flag, value };
  }
  throw unknownFlag(name);
};
