import { type CommandName, commands, commandUsage } from './commands.ts';
import { appliesTo, type Flag } from './flag-type.ts';
import { type FlagName, flags } from './flags.ts';
import { flagsFor } from './read-flags.ts';
import { samplingFlags } from './sampling-flags.ts';

/** The groups of flags in the help. Flags of no other group are in the last one. */
const flagGroups: readonly (readonly [title: string, flags: readonly FlagName[]])[] = [
  ['Filter', ['filter']],
  ['Screen', ['columns', 'theme', 'ascii', 'mouse', 'bind', 'dumpDir', 'bell']],
  ['Output', ['ndjson', 'lines', 'strict', 'initial', 'tether', 'for', 'by', 'top', 'json', 'to']],
  [
    'Recording',
    [
      'record',
      'recordArgs',
      'recordCgroups',
      'append',
      'rotate',
      'rotateEvery',
      'keep',
      'gzip',
      'fsync',
      'publish',
      'pulse',
      'metrics',
    ],
  ],
  ['Alerts', ['alert', 'alerts']],
  ['Several guests', ['ssh', 'via', 'push', 'guests', 'since', 'create']],
  ['Capture', [...(Object.keys(samplingFlags) as FlagName[]), 'proc']],
];
const otherFlags = 'Other';

/** Examples of each command, with what they do. */
const examples: Readonly<Record<CommandName, readonly (readonly [command: string, purpose: string])[]>> = {
  watch: [
    ['churntop', 'watch everything'],
    ["churntop -f 'user=www-data age<5s'", 'only young processes of one user'],
    ['churntop --record churn.ndjson', 'watch, and record a trace'],
    ["churntop --ndjson -f 'exit!=0' | jq .", 'stream failures to another program'],
    ['churntop --ssh web1,web2', 'several hosts on one screen'],
    ['churntop check', 'what is known on this guest'],
  ],
  record: [
    ['churntop record --for 8h --rotate 64MiB --keep 10 --gzip churn.ndjson', 'one night'],
    ["churntop record --alert 'spawn_rate(comm)>50' churn.ndjson", 'with an alert'],
    ['churntop record --publish nats://hub churn.ndjson', 'send it to a NATS server'],
  ],
  report: [
    ['churntop report --for 1m', 'one minute, live'],
    ['churntop report --by parent --top 5 churn.ndjson', 'the five busiest parents of a trace'],
    ['churntop report --by host web1.ndjson db2.ndjson', 'several guests'],
  ],
  check: [
    ['churntop check', 'which answers this user gets, and why not others'],
    ['churntop check --json', 'the same for a program'],
    ['churntop check nats://hub', 'what this user may do at a NATS server'],
  ],
  export: [['churntop export --to perfetto churn.ndjson > churn.json', 'open it in ui.perfetto.dev']],
  view: [
    ['churntop view churn.ndjson', 'replay a trace'],
    ['churntop view web1=a.ndjson db2=b.ndjson', 'several guests on one screen'],
    ['churntop view nats://hub', 'the guests that publish to a NATS server'],
    ['ssh host churntop --ndjson | churntop view -', 'follow a stream'],
  ],
};

/** Returns the text that `--help` prints. */
export const helpText = (command: CommandName = 'watch'): string => {
  const flags = groupedFlags(command);
  return command === 'watch' ? watchHelp(flags) : commandHelp(command, flags);
};

/** Returns the lines of the flags of a command, by group. */
const groupedFlags = (command: CommandName): string[] => {
  const width = Math.max(...flagLines(command).map(({ usage }) => usage.length)) + 2;
  const lineOf = (flag: Flag) => `  ${flagUsage(flag).padEnd(width)}${flag.help}`;
  const grouped = new Set<Flag>(flagGroups.flatMap(([, names]) => names.map((name) => flags[name])));
  const groups: (readonly [string, readonly Flag[]])[] = [
    ...flagGroups.map(([title, names]) => [title, names.map((name): Flag => flags[name])] as const),
    [otherFlags, Object.values<Flag>(flags).filter((flag) => !grouped.has(flag))],
  ];
  return groups.flatMap(([title, members]) => {
    const lines = members.filter((flag) => appliesTo(flag, command)).map(lineOf);
    return lines.length === 0 ? [] : [`${title}:`, ...lines, ''];
  });
};

const flagUsage = ({ name, short, value }: Flag): string =>
  `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;

/** Returns the usage and the help of each flag of a command, or of all flags. */
export const flagLines = (command?: CommandName): { usage: string; help: string }[] =>
  flagsFor(command).map((flag) => ({ usage: flagUsage(flag), help: flag.help }));

const exampleLines = (command: CommandName): string[] => {
  const width = Math.max(...examples[command].map(([text]) => text.length)) + 2;
  return ['Examples:', ...examples[command].map(([text, purpose]) => `  ${text.padEnd(width)}${purpose}`)];
};

const watchHelp = (flags: readonly string[]): string => {
  const names = Object.keys(commands) as CommandName[];
  const usageWidth = Math.max(...names.map((name) => commandUsage(name).length)) + 2;
  return [
    'top for process churn: watch processes spawn and exit, live',
    '',
    'Usage: churntop [flags]',
    '       churntop COMMAND [flags]',
    '',
    'Commands:',
    ...names.map((name) => `  ${commandUsage(name).padEnd(usageWidth)}${commands[name].help}`),
    '',
    ...flags,
    ...exampleLines('watch'),
    '',
    'On the screen, press ? for help on keys. churntop COMMAND --help prints the flags of a command.',
  ].join('\n');
};

const commandHelp = (command: CommandName, flags: readonly string[]): string =>
  [
    commands[command].help,
    '',
    `Usage: ${commandUsage(command)} [flags]`,
    '',
    ...flags,
    ...exampleLines(command),
  ].join('\n');
