/** A command of the program. Help, man page and completions are generated from this table. */
export type Command = {
  /** First argument that selects the command. `watch` has none: it is the default. */
  subcommand?: string;
  /** Placeholder of the operand in the help. Undefined: the command takes no operand. */
  operand?: string;
  /** Whether any number of operands is accepted. The command itself checks that there are enough. */
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
    help: 'summarize the churn in a trace, or live with --for TIME',
  },
  check: {
    subcommand: 'check',
    operand: '[nats://HOST]',
    variadic: true,
    help: 'show what is known about processes, and why not more; check NATS',
  },
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

/** Returns the command that the arguments select, and the remaining arguments. */
export const resolveCommand = (
  args: readonly string[],
): { command: CommandName; operands: readonly string[] } => {
  for (const [name, { subcommand }] of Object.entries<Command>(commands)) {
    if (subcommand !== undefined && subcommand === args[0])
      return { command: name as CommandName, operands: args.slice(1) };
  }
  return { command: 'watch', operands: args };
};

/** Returns a command as typed, with its operand: `churntop record FILE`. */
export const commandUsage = (name: CommandName): string => {
  const { subcommand, operand }: Command = commands[name];
  return ['churntop', subcommand, operand].filter((part) => part !== undefined).join(' ');
};
