import { groupings } from '../../domain/stats/groups.ts';
import { columns } from '../../store/views/process-columns.ts';
import { exportFormats } from '../../trace/export/exporter.ts';
import { type ThemeName, themeNames } from '../../ui/theme/themes.ts';
import { printable } from '../../util/text.ts';
import { UsageError } from '../support/errors.ts';
import { type Command, type CommandName, commands } from './commands.ts';
import {
  countWithin,
  durationWithin,
  listOf,
  oneOf,
  parseAlert,
  parseDuration,
  parseFsync,
  parseKeys,
  parseShare,
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
  many?: true;
  /** The values there are, where they can be told. */
  choices?: readonly string[];
  /** The commands it concerns; without it, all. */
  commands?: readonly CommandName[];
  /** On unless it is typed: its name begins with `no-`. */
  off?: true;
  /** Without it, and without its opposite `--no-…`, the environment decides. */
  auto?: true;
  /** It may stand in the configuration file. */
  config?: true;
  /** @throws UsageError */
  parse?: (text: string) => T;
};

const text = (value: string): string => value;
const watch = ['watch'] as const;
const screen = ['watch', 'view'] as const;
const recording = ['watch', 'record'] as const;
const live = ['watch', 'record', 'report'] as const;
const columnIds = columns.map(({ id }) => id);
const formats = Object.keys(exportFormats) as (keyof typeof exportFormats)[];

export const flags = {
  ndjson: {
    name: 'ndjson',
    help: 'records to stdout as NDJSON (so it does when stdout is no terminal)',
    commands: watch,
  },
  lines: {
    name: 'lines',
    help: 'the log as lines (so it does if TERM=dumb or INK_SCREEN_READER=true)',
    commands: watch,
    config: true,
  },
  strict: { name: 'strict', help: 'spawns and exits only, four keys a record', commands: watch },
  initial: {
    name: 'initial',
    help: 'with --strict: report the processes found alive at the start, too',
    commands: watch,
  },
  filter: {
    name: 'filter',
    short: 'f',
    value: 'FILTER',
    help: 'only what passes: text, /regex/, user=root age<5s, under=4100, !, or, ( )',
    parse: text,
  },
  interval: {
    name: 'interval',
    short: 'i',
    value: 'TIME',
    help: 'time between two looks: 250us, 100ms, 1s (default: adaptive)',
    commands: live,
    config: true,
    parse: parseDuration,
  },
  cpu: {
    name: 'cpu',
    value: 'SHARE',
    help: 'of one core, for looking while it is quiet (default: 5%)',
    commands: live,
    config: true,
    parse: parseShare,
  },
  cpuBusy: {
    name: 'cpu-busy',
    value: 'SHARE',
    help: 'the same while processes come and go (default: 15%)',
    commands: live,
    config: true,
    parse: parseShare,
  },
  args: {
    name: 'args',
    help: 'tell the arguments of programs, too: they can hold secrets',
    commands: recording,
    config: true,
  },
  cgroups: {
    name: 'cgroups',
    help: 'tell control groups, too, for cgroup~docker in a filter',
    commands: recording,
    config: true,
  },
  alert: {
    name: 'alert',
    value: 'RULE',
    many: true,
    help: 'tell while spawn_rate(comm)>50, alive>2k for 1m; as many as wanted',
    commands: recording,
    config: true,
    parse: parseAlert,
  },
  alerts: {
    name: 'no-alerts',
    off: true,
    help: 'tell unasked of neither zombies that pile up nor restart loops',
    commands: recording,
    config: true,
  },
  bell: {
    name: 'bell',
    help: "ring the terminal's bell when an alert is raised",
    commands: watch,
    config: true,
  },
  out: {
    name: 'out',
    short: 'o',
    value: 'DIR',
    help: 'where `d` puts its dumps (default: the working directory)',
    commands: screen,
    config: true,
    parse: text,
  },
  theme: {
    name: 'theme',
    value: 'NAME',
    help: `how it looks: ${themeNames.join(', ')}`,
    commands: screen,
    config: true,
    choices: themeNames,
    parse: oneOf<ThemeName>(themeNames),
  },
  ascii: {
    name: 'ascii',
    help: 'draw with ASCII only, or never: --no-ascii (default: by the locale)',
    commands: screen,
    config: true,
    auto: true,
  },
  mouse: {
    name: 'no-mouse',
    help: 'leave the mouse to the terminal',
    commands: screen,
    config: true,
    off: true,
  },
  columns: {
    name: 'columns',
    value: 'LIST',
    help: `of the table of processes: ${columnIds.join(',')}`,
    commands: screen,
    config: true,
    parse: listOf(columnIds),
  },
  bind: {
    name: 'bind',
    value: 'KEYS',
    help: 'own keys: x=p,ctrl-d=pagedown lets x do what p does',
    commands: screen,
    config: true,
    parse: parseKeys,
  },
  config: {
    name: 'config',
    value: 'FILE',
    help: 'flags to begin with, one a line (~/.config/churntop/config)',
    commands: [...live, 'view'],
    parse: text,
  },
  record: {
    name: 'record',
    value: 'FILE',
    help: 'record to FILE meanwhile, as `churntop record` does',
    commands: watch,
    parse: text,
  },
  append: { name: 'append', help: 'go on behind the trace that FILE is', commands: recording },
  rotate: {
    name: 'rotate',
    value: 'SIZE',
    help: 'begin a new file once it is so large: 64MiB; the old one is numbered',
    commands: recording,
    parse: parseSize,
  },
  rotateEvery: {
    name: 'rotate-every',
    value: 'TIME',
    help: 'begin a new file once it is so old: 1h',
    commands: recording,
    parse: durationWithin('1s', '366d'),
  },
  keep: {
    name: 'keep',
    value: 'N',
    help: 'keep the newest N of the rotated files (default: all)',
    commands: recording,
    parse: countWithin(1, 999_999),
  },
  gzip: { name: 'gzip', help: 'compress rotated files', commands: recording },
  fsync: {
    name: 'fsync',
    value: 'TIME',
    help: 'a power loss takes at most this much, `off`: any amount (default: 1s)',
    commands: recording,
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
    parse: countWithin(1, 1_000_000),
  },
  json: { name: 'json', help: 'print the report as one line of JSON', commands: ['report'] },
  to: {
    name: 'to',
    value: 'FORMAT',
    help: formats.map((format) => `${format} (${exportFormats[format].what})`).join(', '),
    commands: ['export'],
    choices: formats,
    parse: oneOf(formats),
  },
  proc: {
    name: 'proc',
    value: 'DIR',
    help: 'the proc root (default: /proc)',
    commands: live,
    parse: text,
  },
  help: { name: 'help', short: 'h', help: 'print this help' },
  version: { name: 'version', short: 'V', help: 'print the version' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

type ValueOf<F> = F extends { parse: (text: string) => infer T }
  ? (F extends { many: true } ? readonly T[] : T) | undefined
  : F extends { auto: true }
    ? boolean | undefined
    : boolean;
export type FlagValues = { -readonly [N in FlagName]: ValueOf<(typeof flags)[N]> };

/**
 * What meow found, checked and read by the table. meow would let NaN through and leave by itself on an unknown flag;
 * words and exit codes are ours.
 * @throws UsageError
 */
export const readFlags = (found: Readonly<Record<string, unknown>>, command: CommandName): FlagValues => {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(found)) {
    if (!Object.hasOwn(flags, name)) throw new UsageError(`unknown flag ${printable(dashed(name))}`);
  }
  for (const [key, flag] of Object.entries<Flag>(flags)) {
    const value = found[key];
    const { name } = flag;
    if (value !== undefined && !concerns(flag, command))
      throw new UsageError(`--${name} is no flag of ${commandLine(command)}`);
    if (flag.value === undefined) {
      if (value !== undefined && typeof value !== 'boolean') throw new UsageError(`--${name} takes no value`);
      values[key] = value ?? (flag.auto ? undefined : flag.off === true);
    } else if (value !== undefined) {
      if (Array.isArray(value) && !flag.many) throw new UsageError(`--${name} given more than once`);
      const read = [value].flat().map((each: unknown) => {
        if (typeof each !== 'string' || each === '')
          throw new UsageError(`--${name} needs a value: ${flag.value}`);
        return flag.parse?.(each);
      });
      values[key] = flag.many ? read : read[0];
    }
  }
  return values as FlagValues;
};

/** Whether it is a flag of the command. */
export const concerns = ({ commands: of }: Flag, command: CommandName): boolean =>
  of === undefined || of.includes(command);

/** A command as typed, `churntop record FILE`. */
export const commandLine = (name: CommandName): string => {
  const { word, operand }: Command = commands[name];
  return ['churntop', word, operand].filter((part) => part !== undefined).join(' ');
};

const dashed = (name: string): string => {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return kebab.length === 1 ? `-${kebab}` : `--${kebab}`;
};

/** The flags of a command, or of all. */
export const flagsOf = (command?: CommandName): Flag[] =>
  Object.values<Flag>(flags).filter((flag) => !command || concerns(flag, command));

/** As the help shows them, one a line. */
export const flagLines = (command?: CommandName): { usage: string; help: string }[] =>
  flagsOf(command).map(({ name, short, value, help }) => ({
    usage: `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    help,
  }));
