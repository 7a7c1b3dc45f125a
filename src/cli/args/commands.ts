/** What churntop can be asked to do. Help and README are drawn from this, as flags are. */
export type Command = {
  /** The first argument that asks for it; the one without a word is what churntop does by itself. */
  subcommand?: string;
  /** What stands for its operand in the help; without it there is none. */
  operand?: string;
  /** It takes any number of them, and says itself when none will not do. */
  variadic?: true;
  help: string;
};

export const commands = {
  watch: { help: 'watch processes spawn and exit, live' },
  record: { subcommand: 'record', operand: 'FILE', help: 'record a trace to FILE, without a screen' },
  report: {
    subcommand: 'report',
    operand: 'FILE…|-',
    variadic: true,
    help: 'say what churned in a trace, or from now on with --for',
  },
  check: { subcommand: 'check', help: 'say what this guest allows: mode, rate, what is hidden' },
  export: {
    subcommand: 'export',
    operand: 'FILE…|-',
    variadic: true,
    help: 'write a trace to stdout in another format',
  },
  view: {
    subcommand: 'view',
    operand: 'FILE…|-',
    variadic: true,
    help: 'replay a trace on the screen, or follow one',
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

/** The command that the arguments ask for, and its operands. */
export const resolveCommand = (
  args: readonly string[],
): { command: CommandName; operands: readonly string[] } => {
  for (const [name, { subcommand }] of Object.entries<Command>(commands)) {
    if (subcommand !== undefined && subcommand === args[0])
      return { command: name as CommandName, operands: args.slice(1) };
  }
  return { command: 'watch', operands: args };
};
