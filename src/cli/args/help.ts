import { type CommandName, commands, commandUsage } from './commands.ts';
import { flagsFor } from './read-flags.ts';

/** Returns the text that `--help` prints. */
export const helpText = (command: CommandName = 'watch'): string => {
  const lines = flagLines(command);
  const column = Math.max(...lines.map(({ usage }) => usage.length)) + 2;
  const flags = lines.map(({ usage, help }) => `  ${usage.padEnd(column)}${help}`);
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
  const column = Math.max(...names.map((name) => commandUsage(name).length)) + 2;
  return [
    'top for process churn: watch processes spawn and exit, live',
    '',
    'Usage: churntop [flags]',
    '       churntop view FILE... | -   replay recorded traces, or follow one on standard input',
    '',
    ...names.map((name) => `  ${commandUsage(name).padEnd(column)}${commands[name].help}`),
    '',
    ...flags,
    '',
    'Press ? on the screen for its keys. churntop COMMAND --help prints the flags of a command.',
  ].join('\n');
};

const commandHelp = (command: CommandName, flags: readonly string[]): string =>
  [commands[command].help, '', `Usage: ${commandUsage(command)} [flags]`, '', ...flags].join('\n');
