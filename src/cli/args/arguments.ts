import { UsageError } from '../support/errors.ts';
import { type Command, type CommandName, commandOf, commands } from './commands.ts';
import { readConfig } from './config-file.ts';
import {
  commandLine,
  concerns,
  type Flag,
  type FlagName,
  type FlagValues,
  flags,
  readFlags,
} from './flags.ts';

export type Arguments = { command: CommandName; operands: readonly string[]; values: FlagValues };

/** meow gets names and shorts only; values come as text and are read by the table. */
const meowFlags = Object.fromEntries(
  Object.entries<Flag>(flags).map(([name, { short, value, many }]) => [
    name,
    {
      type: value === undefined ? ('boolean' as const) : ('string' as const),
      ...(short && { shortFlag: short }),
      ...(many && { isMultiple: true }),
    },
  ]),
);

type Typed = Readonly<Record<string, unknown>>;

/** @throws UsageError; what meow refuses by itself is a value given twice. */
const findFlags = async (argv: readonly string[]): Promise<{ input: string[]; flags: Typed }> => {
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
const typedIn = (found: Typed): Typed =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => !Array.isArray(value) || value.length > 0));

/** What is typed comes before what the file says; of that, only what concerns the command. */
const withConfig = (typed: Typed, command: CommandName): Typed => {
  if (typed.help || typed.version || !concerns(flags.config, command)) return typed;
  const { found } = readConfig(typeof typed.config === 'string' ? typed.config : undefined);
  const concerning = Object.entries(found).filter(([key]) => concerns(flags[key as FlagName], command));
  return { ...Object.fromEntries(concerning), ...typed };
};

/** @throws UsageError, Refusal */
export const readArguments = async (argv: readonly string[]): Promise<Arguments> => {
  const found = await findFlags(argv);
  const { command, operands } = commandOf(found.input);
  const values = readFlags(withConfig(typedIn(found.flags), command), command);
  const { operand, many }: Command = commands[command];
  if (many) return { command, operands, values };
  const [first, ...others] = operands;
  const surplus = operand === undefined ? first : others[0];
  if (surplus !== undefined) throw new UsageError(`unknown argument ${surplus}`);
  if (operand !== undefined && first === undefined && !values.help)
    throw new UsageError(`${commandLine(command)}: which ${operand}?`);
  return { command, operands, values };
};
