import { groupings } from '../../domain/stats/groups.ts';
import { processColumns } from '../../store/views/process-columns.ts';
import { exportFormats } from '../../trace/export/exporter.ts';
import { type ThemeName, themeNames } from '../../ui/theme/themes.ts';
import { printable } from '../../util/text.ts';
import { UsageError } from '../support/errors.ts';
import { type Command, type CommandName, commands } from './commands.ts';
import {
  choiceList,
  durationWithin,
  integerWithin,
  oneOf,
  parseAlert,
  parseCpuShare,
  parseFsync,
  parseInterval,
  parseKeyOverrides,
  parseSize,
} from './value-parsers.ts';

/** A flag as the user types it, what it means, and how its value is read. Help and README are drawn from these. */
export type Flag<T = unknown> = {
  /** As typed, without dashes. */
  name: string;
  short?: string;
  /** What stands for the value in the help; a flag without one is a switch. */
  value?: string;
  help: string;
  /** It may be given several times. */
  repeatable?: true;
  /** The values there are, where they can be told. */
  choices?: readonly string[];
  /** The commands it concerns; without it, all. */
  commands?: readonly CommandName[];
  /** On unless it is typed: its name begins with `no-`. */
  negated?: true;
  /** Without it, and without its opposite `--no-…`, the environment decides. */
  tristate?: true;
  /** It may stand in the configuration file. */
  config?: true;
  /** @throws UsageError */
  parse?: (text: string) => T;
};

const asText = (value: string): string => value;
const watchOnly = ['watch'] as const;
const screenCommands = ['watch', 'view'] as const;
const recordingCommands = ['watch', 'record'] as const;
const liveCommands = ['watch', 'record', 'report'] as const;
const columnIds = processColumns.map(({ id }) => id);
const exportFormatNames = Object.keys(exportFormats) as (keyof typeof exportFormats)[];

export const flags = {
  ndjson: {
    name: 'ndjson',
    help: 'records to stdout as NDJSON (so it does when stdout is no terminal)',
    commands: watchOnly,
  },
  lines: {
    name: 'lines',
    help: 'the log as lines (so it does if TERM=dumb or INK_SCREEN_READER=true)',
    commands: watchOnly,
    config: true,
  },
  strict: { name: 'strict', help: 'spawns and exits only, four keys a record', commands: watchOnly },
  initial: {
    name: 'initial',
    help: 'with --strict: report the processes found alive at the start, too',
    commands: watchOnly,
  },
  filter: {
    name: 'filter',
    short: 'f',
    value: 'FILTER',
    help: 'only what passes: text, /regex/, user=root age<5s, under=4100, !, or, ( )',
    parse: asText,
  },
  interval: {
    name: 'interval',
    short: 'i',
    value: 'TIME',
    help: 'time between two looks: 250us, 100ms, 1s (default: adaptive)',
    commands: liveCommands,
    config: true,
    parse: parseInterval,
  },
  cpu: {
    name: 'cpu',
    value: 'SHARE',
    help: 'of one core, for looking while it is quiet (default: 5%)',
    commands: liveCommands,
    config: true,
    parse: parseCpuShare,
  },
  cpuBusy: {
    name: 'cpu-busy',
    value: 'SHARE',
    help: 'the same while processes come and go (default: 15%)',
    commands: liveCommands,
    config: true,
    parse: parseCpuShare,
  },
  args: {
    name: 'args',
    help: 'tell the arguments of programs, too: they can hold secrets',
    commands: recordingCommands,
    config: true,
  },
  cgroups: {
    name: 'cgroups',
    help: 'tell control groups, too, for cgroup~docker in a filter',
    commands: recordingCommands,
    config: true,
  },
  alert: {
    name: 'alert',
    value: 'RULE',
    repeatable: true,
    help: 'tell while spawn_rate(comm)>50, alive>2k for 1m; as many as wanted',
    commands: recordingCommands,
    config: true,
    parse: parseAlert,
  },
  alerts: {
    name: 'no-alerts',
    negated: true,
    help: 'tell unasked of neither zombies that pile up nor restart loops',
    commands: recordingCommands,
    config: true,
  },
  bell: {
    name: 'bell',
    help: "ring the terminal's bell when an alert is raised",
    commands: watchOnly,
    config: true,
  },
  out: {
    name: 'out',
    short: 'o',
    value: 'DIR',
    help: 'where `d` puts its dumps (default: the working directory)',
    commands: screenCommands,
    config: true,
    parse: asText,
  },
  theme: {
    name: 'theme',
    value: 'NAME',
    help: `how it looks: ${themeNames.join(', ')}`,
    commands: screenCommands,
    config: true,
    choices: themeNames,
    parse: oneOf<ThemeName>(themeNames),
  },
  ascii: {
    name: 'ascii',
    help: 'draw with ASCII only, or never: --no-ascii (default: by the locale)',
    commands: screenCommands,
    config: true,
    tristate: true,
  },
  mouse: {
    name: 'no-mouse',
    help: 'leave the mouse to the terminal',
    commands: screenCommands,
    config: true,
    negated: true,
  },
  columns: {
    name: 'columns',
    value: 'LIST',
    help: `of the table of processes: ${columnIds.join(',')}`,
    commands: screenCommands,
    config: true,
    parse: choiceList(columnIds),
  },
  bind: {
    name: 'bind',
    value: 'KEYS',
    help: 'own keys: x=p,ctrl-d=pagedown lets x do what p does',
    commands: screenCommands,
    config: true,
    parse: parseKeyOverrides,
  },
  config: {
    name: 'config',
    value: 'FILE',
    help: 'flags to begin with, one a line (~/.config/churntop/config)',
    commands: [...liveCommands, 'view'],
    parse: asText,
  },
  record: {
    name: 'record',
    value: 'FILE',
    help: 'record to FILE meanwhile, as `churntop record` does',
    commands: watchOnly,
    parse: asText,
  },
  append: { name: 'append', help: 'go on behind the trace that FILE is', commands: recordingCommands },
  rotate: {
    name: 'rotate',
    value: 'SIZE',
    help: 'begin a new file once it is so large: 64MiB; the old one is numbered',
    commands: recordingCommands,
    parse: parseSize,
  },
  rotateEvery: {
    name: 'rotate-every',
    value: 'TIME',
    help: 'begin a new file once it is so old: 1h',
    commands: recordingCommands,
    parse: durationWithin('1s', '366d'),
  },
  keep: {
    name: 'keep',
    value: 'N',
    help: 'keep the newest N of the rotated files (default: all)',
    commands: recordingCommands,
    parse: integerWithin(1, 999_999),
  },
  gzip: { name: 'gzip', help: 'compress rotated files', commands: recordingCommands },
  fsync: {
    name: 'fsync',
    value: 'TIME',
    help: 'a power loss takes at most this much, `off`: any amount (default: 1s)',
    commands: recordingCommands,
    parse: parseFsync,
  },
  for: {
    name: 'for',
    value: 'TIME',
    help: 'end after this time: 30s, 8h',
    commands: ['record', 'report'],
    parse: durationWithin('100ms', '366d'),
  },
  by: {
    name: 'by',
    value: 'KEY',
    help: `this table only: ${groupings.join(', ')} (default: comm and parent)`,
    commands: ['report'],
    choices: groupings,
    parse: oneOf(groupings),
  },
  top: {
    name: 'top',
    value: 'N',
    help: 'rows of a table (default: 10, with --json all)',
    commands: ['report'],
    parse: integerWithin(1, 1_000_000),
  },
  json: { name: 'json', help: 'print the report as one line of JSON', commands: ['report'] },
  to: {
    name: 'to',
    value: 'FORMAT',
    help: exportFormatNames.map((format) => `${format} (${exportFormats[format].what})`).join(', '),
    commands: ['export'],
    choices: exportFormatNames,
    parse: oneOf(exportFormatNames),
  },
  proc: {
    name: 'proc',
    value: 'DIR',
    help: 'the proc root (default: /proc)',
    commands: liveCommands,
    parse: asText,
  },
  help: { name: 'help', short: 'h', help: 'print this help' },
  version: { name: 'version', short: 'V', help: 'print the version' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

type ValueOf<F> = F extends { parse: (text: string) => infer T }
  ? (F extends { repeatable: true } ? readonly T[] : T) | undefined
  : F extends { tristate: true }
    ? boolean | undefined
    : boolean;
export type FlagValues = { -readonly [N in FlagName]: ValueOf<(typeof flags)[N]> };

/**
 * What meow found, checked and read by the table. meow would let NaN through and leave by itself on an unknown flag;
 * words and exit codes are ours.
 * @throws UsageError
 */
export const readFlags = (raw: Readonly<Record<string, unknown>>, command: CommandName): FlagValues => {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(raw)) {
    if (!Object.hasOwn(flags, name)) throw new UsageError(`unknown flag ${printable(flagSyntax(name))}`);
  }
  for (const [key, flag] of Object.entries<Flag>(flags)) {
    const value = raw[key];
    const { name } = flag;
    if (value !== undefined && !appliesTo(flag, command))
      throw new UsageError(`--${name} is no flag of ${commandUsage(command)}`);
    if (flag.value === undefined) {
      if (value !== undefined && typeof value !== 'boolean') throw new UsageError(`--${name} takes no value`);
      values[key] = value ?? (flag.tristate ? undefined : flag.negated === true);
    } else if (value !== undefined) {
      if (Array.isArray(value) && !flag.repeatable) throw new UsageError(`--${name} given more than once`);
      const read = [value].flat().map((item: unknown) => {
        if (typeof item !== 'string' || item === '')
          throw new UsageError(`--${name} needs a value: ${flag.value}`);
        return flag.parse?.(item);
      });
      values[key] = flag.repeatable ? read : read[0];
    }
  }
  return values as FlagValues;
};

/** Whether it is a flag of the command. */
export const appliesTo = ({ commands: of }: Flag, command: CommandName): boolean =>
  of === undefined || of.includes(command);

/** A command as typed, `churntop record FILE`. */
export const commandUsage = (name: CommandName): string => {
  const { subcommand, operand }: Command = commands[name];
  return ['churntop', subcommand, operand].filter((part) => part !== undefined).join(' ');
};

const flagSyntax = (name: string): string => {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return kebab.length === 1 ? `-${kebab}` : `--${kebab}`;
};

/** The flags of a command, or of all. */
export const flagsFor = (command?: CommandName): Flag[] =>
  Object.values<Flag>(flags).filter((flag) => !command || appliesTo(flag, command));

/** As the help shows them, one a line. */
export const flagLines = (command?: CommandName): { usage: string; help: string }[] =>
  flagsFor(command).map(({ name, short, value, help }) => ({
    usage: `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    help,
  }));
