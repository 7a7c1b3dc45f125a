/** Texts of the man page and the reference pages that are not in a table of the code. */
import { type Command, type CommandName, commands } from '../../src/cli/args/commands.ts';
import type { Flag } from '../../src/cli/args/flag-type.ts';

/** Every environment variable that churntop reads. */
export const environment: Readonly<Record<string, string>> = {
  NO_COLOR: 'set to any value: disables colors; bold and inverse text stay',
  FORCE_COLOR: 'enables colors even with NO_COLOR set; 0 disables them',
  TERM: 'dumb: prints the log as lines instead of drawing the screen',
  INK_SCREEN_READER: 'true: prints the log as lines instead of drawing the screen',
  'LC_ALL, LC_CTYPE, LANG': 'the first one that is set decides: without UTF-8 the screen uses ASCII only',
  'XDG_CONFIG_HOME, HOME': 'where the configuration file is looked up',
};

/** Every file that churntop reads by default. */
export const files: Readonly<Record<string, string>> = {
  '/proc': 'the proc root; use --proc for another one',
  '/etc/passwd': 'user names',
  '~/.config/churntop/config': 'default flags, one per line; use --config for another file',
};

/** Returns a command as typed, without its operand: `churntop record`. */
export const invocation = (name: CommandName): string => {
  const { subcommand }: Command = commands[name];
  return subcommand === undefined ? 'churntop' : `churntop ${subcommand}`;
};

/** Returns the commands that take a flag, as typed; undefined if all do. */
export const commandsOf = ({ commands: names }: Flag): readonly string[] | undefined =>
  names?.map(invocation);

/** Returns a flag as typed: `-f, --filter FILTER`. */
export const flagUsage = ({ short, name, value }: Flag): string =>
  [short ? `-${short}, ` : '', `--${name}`, value ? ` ${value}` : ''].join('');
