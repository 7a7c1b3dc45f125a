import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { printable } from '../../util/text.ts';
import { CliError, describeError, UsageError } from '../support/errors.ts';
import { type Flag, flags } from './flags.ts';

type RawFlagValue = string | boolean | string[];

/** What a configuration file says, in the shape of what was typed, and where in it each flag stands. */
export type ParsedConfig = {
  values: Readonly<Record<string, RawFlagValue>>;
  locations: Readonly<Record<string, string>>;
};

const emptyConfig: ParsedConfig = { values: {}, locations: {} };

/** Longer files are no configuration. */
const maxConfigBytes = 64 << 10;

/** The user's file (https://specifications.freedesktop.org/basedir/latest/), if there is a place for it. */
const defaultConfigPath = ({ XDG_CONFIG_HOME: xdg, HOME: home }: NodeJS.ProcessEnv): string | undefined => {
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'churntop', 'config');
  return home ? join(home, '.config', 'churntop', 'config') : undefined;
};

/** Reads `asked`, or the user's file if there is one. @throws UsageError, Refusal */
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
  if (text.length > maxConfigBytes) throw new UsageError(`${path}: too long for a configuration`);
  return parseConfig(text, path);
};

/** Nor is it in a home that may not be entered: that is another user's, left in the environment by su or setpriv. */
const isMissing = (path: string, code: string | undefined): boolean => {
  if (code !== 'EACCES') return code === 'ENOENT' || code === 'ENOTDIR';
  try {
    accessSync(dirname(path), constants.X_OK);
    return false;
  } catch {
    return true;
  }
};

/** One flag a line, as typed, the dashes left out or not; `#` begins a comment line. @throws UsageError, which names the line */
export const parseConfig = (text: string, path: string): ParsedConfig => {
  const values: Record<string, RawFlagValue> = {};
  const locations: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const location = `${path}:${index + 1}`;
    try {
      const [key, value, many] = parseConfigLine(trimmed);
      if (locations[key] !== undefined && !many)
        throw new UsageError(`a second time, as in ${locations[key]}`);
      values[key] = many ? ([values[key] ?? [], value].flat() as string[]) : value;
      locations[key] = location;
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`${location}: ${error.message}`);
      throw error;
    }
  }
  return { values, locations };
};

const parseConfigLine = (line: string): [key: string, value: string | boolean, many: true | undefined] => {
  const [, name, value] = /^(?:--)?([a-z][a-z-]*)(?:(?:\s*=\s*|\s+)(.*))?$/.exec(line) ?? [];
  if (name === undefined) throw new UsageError(`not a flag: ${printable(line)}`);
  for (const [key, flag] of Object.entries<Flag>(flags)) {
    const positive = flag.negated ? flag.name.slice('no-'.length) : flag.name;
    const negated = flag.value === undefined && name === `no-${positive}`;
    if (name !== positive && !negated) continue;
    if (!flag.config) throw new UsageError(`--${flag.name} is for the command line only`);
    if (flag.value === undefined) {
      if (value) throw new UsageError(`${name} takes no value`);
      return [key, !negated, undefined];
    }
    if (!value) throw new UsageError(`${name} needs a value: ${flag.value}`);
    flag.parse?.(value);
    return [key, value, flag.repeatable];
  }
  throw new UsageError(`unknown flag ${name}`);
};
