import { didYouMean } from '../../util/closest.ts';
import { quoteValue, UsageError } from '../support/errors.ts';
import { type Command, type CommandName, commands, resolveCommand } from './commands.ts';
import { readConfig } from './config-file.ts';
import { appliesTo, type Flag } from './flag-type.ts';
import { type FlagName, type FlagValues, flags } from './flags.ts';
import { normalizeArgv } from './normalize.ts';
import { outputModeOf } from './output-mode.ts';
import { type RawFlags, readFlags } from './read-flags.ts';

/** The command line and the configuration file, checked and parsed. */
export type Arguments = {
  command: CommandName;
  operands: readonly string[];
  values: FlagValues;
  /** The flags for the program at each guest of `--ssh` or `--via`, as arguments. */
  farEndArguments: readonly string[];
};

/** Flags as meow expects them: names and shorts. Values stay text, because `readFlags` parses them. */
const meowFlags = Object.fromEntries(
  Object.entries<Flag>(flags).map(([name, { short, value, repeatable }]) => [
    name,
    {
      type: value === undefined ? ('boolean' as const) : ('string' as const),
      ...(short && { shortFlag: short }),
      ...(repeatable && { isMultiple: true }),
    },
  ]),
);

/** Splits the command line into operands and flags. @throws UsageError if a flag is given twice */
const parseArgv = async (argv: readonly string[]): Promise<{ input: string[]; flags: RawFlags }> => {
  // Loading meow takes time, and the most common call has no arguments.
  if (argv.length === 0) return { input: [], flags: {} };
  const normalized = normalizeArgv(argv);
  const { default: meow } = await import('meow');
  try {
    return meow({
      // Not used, because `pkg` is given.
      importMeta: { url: 'file:///' } as ImportMeta,
      argv: normalized,
      flags: meowFlags,
      autoHelp: false,
      autoVersion: false,
      // A switch that is not given is undefined; one given as `--no-…` is false.
      booleanDefault: undefined,
      pkg: { name: 'churntop', bin: 'churntop' },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/^The flag (\S+) (.*?)\.?$/, '$1: $2'));
  }
};

/** Drops empty lists, which meow returns for repeatable flags that are not given. */
const withoutEmptyLists = (raw: RawFlags): RawFlags =>
  Object.fromEntries(Object.entries(raw).filter(([, value]) => !Array.isArray(value) || value.length > 0));

/** Adds the flags of the configuration file that apply to the command. The command line overrides them. */
const mergeConfig = (raw: RawFlags, command: CommandName): RawFlags => {
  if (raw.help || raw.version || !appliesTo(flags.config, command)) return raw;
  const { values } = readConfig(typeof raw.config === 'string' ? raw.config : undefined);
  const applicable = Object.entries(values).filter(([key]) => appliesTo(flags[key as FlagName], command));
  return { ...Object.fromEntries(applicable), ...raw };
};

/** Returns the error for an unknown word. The word may be misspelled, a file to view, or a name to filter by. */
const unknownCommand = (word: string): UsageError => {
  const quoted = quoteValue(word);
  const subcommands = Object.values<Command>(commands).flatMap(({ subcommand }) => subcommand ?? []);
  const hint =
    didYouMean(word, subcommands) ||
    didYouMean(word, ['help', 'version'], '--') ||
    (/[./]/.test(word)
      ? ` (churntop view ${quoted} replays a trace)`
      : ` (churntop --filter ${quoted} shows processes of that name)`);
  return new UsageError(`unknown command ${quoted}${hint}`);
};

/** @throws UsageError for operands that the command does not take, or for none */
const checkOperands = (
  command: CommandName,
  operands: readonly string[],
  { via, help }: FlagValues,
): void => {
  const { operand, variadic }: Command = commands[command];
  // The operands of --via are guests.
  if (variadic || via !== undefined) return;
  const [first, ...others] = operands;
  const extra = operand === undefined ? first : others[0];
  if (extra !== undefined)
    throw command === 'watch'
      ? unknownCommand(extra)
      : new UsageError(`unknown argument ${quoteValue(extra)}`);
  if (operand !== undefined && first === undefined && !help)
    throw new UsageError(`${command}: missing operand (expected ${operand})`);
};

/** Reads the command line and the configuration file. @throws UsageError, CliError */
export const readArguments = async (argv: readonly string[]): Promise<Arguments> => {
  const parsed = await parseArgv(argv);
  const { command, operands } = resolveCommand(parsed.input);
  const given = withoutEmptyLists(parsed.flags);
  const raw = mergeConfig(given, command);
  const values = readFlags(raw, command);
  checkOperands(command, operands, values);
  // The most common call has no flags.
  if (Object.keys(raw).length === 0) return { command, operands, values, farEndArguments: [] };
  const { farEndArguments, inputOf, refuseUseless } = await import('./flag-uses.ts');
  refuseUseless(given, inputOf(command, operands, values), { command, output: outputModeOf(values), values });
  return { command, operands, values, farEndArguments: farEndArguments(raw) };
};
