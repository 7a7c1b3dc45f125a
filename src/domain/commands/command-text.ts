/** How commands are shown: program name and arguments, the same with its path, or the comm. */
export const commandStyles = ['command', 'path', 'comm'] as const;
export type CommandStyle = (typeof commandStyles)[number];

/** The facts that determine the text of a command. */
export type Command = {
  comm: string;
  /** Undefined: not known. Empty: it has none. */
  args?: readonly string[] | undefined;
  kthread?: boolean | undefined;
  zombie?: boolean | undefined;
};

/** Arguments that need no quotes in a shell. */
const shellSafe = /^[\w@%+=:,./-]+$/;

/** Quotes an argument for a shell, if necessary. */
export const quoteArgument = (arg: string): string =>
  shellSafe.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;

/**
 * Removes the directory of the program. The first argument can also be a process title such as `sshd: root@pts/0`, so
 * the text after the first space is kept.
 */
const withoutDirectory = (program: string, comm: string): string => {
  const base = program.slice(program.lastIndexOf('/') + 1);
  if (base !== '' && comm !== '' && base.startsWith(comm)) return base;
  const space = program.indexOf(' ');
  const path = space < 0 ? program : program.slice(0, space);
  return program.slice(path.lastIndexOf('/') + 1);
};

/** Returns the arguments as they are shown, the program first; undefined if there are none. */
export const shownArguments = ({ comm, args }: Command, style: CommandStyle): string[] | undefined => {
  if (style === 'comm' || args?.[0] === undefined || args[0] === '') return undefined;
  const [program, ...others] = args;
  return [style === 'path' ? program : withoutDirectory(program, comm), ...others];
};

/** Characters that leave no mark on the screen. U+2800 is a Braille pattern without dots. */
const blank = /^[\s\u2800]+$/;

/** Quotes a text that would be blank on the screen. */
const visible = (text: string): string => (blank.test(text) ? `'${text}'` : text);

/** Returns a comm; `?` if it could not be read, and quoted if it has white space only. */
export const nameText = (comm: string | undefined): string => visible(comm || '?');

/**
 * Returns a command as one line, with the arguments quoted as for a shell; the comm if the arguments are not known, or `?`
 * without both. Kernel threads and zombies without arguments are written as ps does. The text is not printable yet.
 */
export const commandText = (command: Command, style: CommandStyle = 'command'): string => {
  const { kthread, zombie } = command;
  const name = nameText(command.comm);
  if (kthread) return `[${name}]`;
  const shown = shownArguments(command, style);
  if (!shown) return zombie && style !== 'comm' ? `[${name}] <defunct>` : name;
  // A single argument with spaces is a process title.
  return shown.length === 1 ? visible(shown[0] as string) : shown.map(quoteArgument).join(' ');
};
