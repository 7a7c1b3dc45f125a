import { type CommandName, commands, commandUsage } from './commands.ts';
import { flagsFor } from './read-flags.ts';

/** Returns the text that `--help` prints. */
export const helpText = (command: CommandName = 'watch'): string => {
  const lines = flagLines(command);
  const usageWidth = Math.max(...lines.map(({ usage }) => usage.length)) + 2;
  const flags = lines.map(({ usage, help }) => `  ${usage.padEnd(usageWidth)}${help}`);
  return command === 'watch' ? watchHelp(flags) : commandHelp(command, flags);
};

/** Returns the usage and the help of each flag of a command, or of all flags. */
export const flagLines = (command?: CommandName): { usage: string; help: string }[] =>
  flagsFor(command).map(({ name, short, value, help }) => ({
    usage: `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    help,
  }));

const watchHelp = (flags: readonly string[]): string => {
  const names = Object.keys(commands) as CommandName[];
  const usageWidth = Math.max(...names.map((name) => commandUsage(name).length)) + 2;
  return [
    'top for process churn: watch processes spawn and exit, live',
    '',
    'Usage: churntop [flags]',
    `       ${commandUsage('view')}   replay recorded traces, or follow one on standard input`,
    '',
    ...names.map((name) => `  ${commandUsage(name).padEnd(usageWidth)}${commands[name].help}`),
    '',
    ...flags,
    '',
    'On the screen, press ? for help on keys. churntop COMMAND --help prints the flags of a command.',
  ].join('\n');
};

const commandHelp = (command: CommandName, flags: readonly string[]): string =>
  [commands[command].help, '', `Usage: ${commandUsage(command)} [flags]`, '', ...flags].join('\n');
