import type { CommandName } from './commands.ts';

/** A command-line flag. Help, man page and completions are generated from the table of flags. */
export type Flag<T = unknown> = {
  /** Name without dashes. */
  name: string;
  /** Single letter that selects the flag as well, without the dash. */
  short?: string;
  /** Placeholder of the value in the help. Undefined: the flag is a switch. */
  value?: string;
  help: string;
  /** Whether the flag may be given more than once. */
  repeatable?: true;
  /** All valid values, if they can be listed. */
  choices?: readonly string[];
  /** Commands that accept the flag. Default: all. */
  commands?: readonly CommandName[];
  /** Whether the switch is on by default. Its name starts with `no-`. */
  negated?: true;
  /** Whether the environment decides if neither the switch nor its opposite `--no-…` is given. */
  tristate?: true;
  /** Whether the configuration file may contain the flag. */
  config?: true;
  /** Parses a value. @throws UsageError without the name of the flag */
  parse?: (text: string) => T;
};

/** The type that a flag's value is parsed to. */
export type FlagValue<F> = F extends { parse: (text: string) => infer T }
  ? (F extends { repeatable: true } ? readonly T[] : T) | undefined
  : F extends { tristate: true }
    ? boolean | undefined
    : boolean;

/** Returns whether a command accepts a flag. */
export const appliesTo = ({ commands }: Flag, command: CommandName): boolean =>
  commands === undefined || commands.includes(command);

/** Returns the name of a flag for its key: `rotate-every` for `rotateEvery`. */
export const toKebab = (key: string): string =>
  key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
