import { UsageError } from '../support/errors.ts';
import { type Command, type CommandName, commands, resolveCommand } from './commands.ts';
import { readConfig } from './config-file.ts';
import {
  appliesTo,
  commandUsage,
  type Flag,
  type FlagName,
  type FlagValues,
  flags,
  readFlags,
} from './flags.ts';

export type Arguments = { command: CommandName; operands: readonly string[]; values: FlagValues };

/** meow gets names and shorts only; values come as text and are read by the table. */
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

type RawFlags = Readonly<Record<string, unknown>>;

/** @throws UsageError; what meow refuses by itself is a value given twice. */
const parseArgv = async (argv: readonly string[]): Promise<{ input: string[]; flags: RawFlags }> => {
  // There is nothing to load meow for in the commonest call of all.
  if (argv.length === 0) return { input: [], flags: {} };
  const { default: meow } = await import('meow');
  try {
    return meow({
      // Where to look for a package.json; it is given one.
      importMeta: { url: 'file:///' } as ImportMeta,
      argv,
      flags: meowFlags,
      autoHelp: false,
      autoVersion: false,
      // A switch that is not typed has no value; one typed as `--no-…` is false.
      booleanDefault: undefined,
      pkg: { name: 'churntop', bin: 'churntop' },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/\.$/, '').replace(/^The/, 'the'));
  }
};

/** meow gives a flag that takes several values none of them where it is not typed. */
const withoutEmptyLists = (raw: RawFlags): RawFlags =>
  Object.fromEntries(Object.entries(raw).filter(([, value]) => !Array.isArray(value) || value.length > 0));

/** What is typed comes before what the file says; of that, only what concerns the command. */
const mergeConfig = (raw: RawFlags, command: CommandName): RawFlags => {
  if (raw.help || raw.version || !appliesTo(flags.config, command)) return raw;
  const { values } = readConfig(typeof raw.config === 'string' ? raw.config : undefined);
  const applicable = Object.entries(values).filter(([key]) => appliesTo(flags[key as FlagName], command));
  return { ...Object.fromEntries(applicable), ...raw };
};

/** @throws UsageError, Refusal */
export const readArguments = async (argv: readonly string[]): Promise<Arguments> => {
  const parsed = await parseArgv(argv);
  const { command, operands } = resolveCommand(parsed.input);
  const values = readFlags(mergeConfig(withoutEmptyLists(parsed.flags), command), command);
  const { operand, variadic }: Command = commands[command];
  if (variadic) return { command, operands, values };
  const [first, ...others] = operands;
  const extra = operand === undefined ? first : others[0];
  if (extra !== undefined) throw new UsageError(`unknown argument ${extra}`);
  if (operand !== undefined && first === undefined && !values.help)
    throw new UsageError(`${commandUsage(command)}: which ${operand}?`);
  return { command, operands, values };
};
