import { reportGroupings } from '../../domain/stats/groups.ts';
import { processColumns } from '../../store/views/process-columns.ts';
import { exportFormats } from '../../trace/export/exporter.ts';
import { type ThemeName, themeNames } from '../../ui/theme/themes.ts';
import type { Flag, FlagValue } from './flag-type.ts';
import { fleetFlags } from './fleet-flags.ts';
import { liveCommands, samplingFlags } from './sampling-flags.ts';
import {
  choiceList,
  durationWithin,
  integerWithin,
  oneOf,
  parseAlert,
  parseFsync,
  parseKeyOverrides,
  parsePromPath,
  parseSize,
} from './value-parsers.ts';

const asText = (value: string): string => value;
const watchOnly = ['watch'] as const;
const screenCommands = ['watch', 'view'] as const;
const recordingCommands = ['watch', 'record'] as const;
const columnIds = processColumns.map(({ id }) => id);
const exportFormatNames = Object.keys(exportFormats) as (keyof typeof exportFormats)[];

export const flags = {
  ndjson: {
    name: 'ndjson',
    help: 'stream records as NDJSON (default when stdout is not a terminal)',
    commands: watchOnly,
  },
  lines: {
    name: 'lines',
    help: 'print the log as lines (default for TERM=dumb and screen readers)',
    commands: watchOnly,
    config: true,
  },
  strict: { name: 'strict', help: 'stream only spawns and exits, four keys per record', commands: watchOnly },
  initial: {
    name: 'initial',
    help: 'with --strict: include the processes found alive at the start',
    commands: watchOnly,
  },
  filter: {
    name: 'filter',
    short: 'f',
    value: 'FILTER',
    help: 'only matches: text, /regex/, user=root age<5s, under=4100, !, or, ( )',
    commands: [...liveCommands, 'export', 'view'],
    parse: asText,
  },
  ...samplingFlags,
  recordArgs: {
    name: 'record-args',
    help: 'include command-line arguments in records; they can contain secrets',
    commands: recordingCommands,
    config: true,
  },
  recordCgroups: {
    name: 'record-cgroups',
    help: 'include cgroups in records, for unit=nginx, container=4f1d, --by unit',
    commands: recordingCommands,
    config: true,
  },
  alert: {
    name: 'alert',
    value: 'RULE',
    repeatable: true,
    help: 'raise an alert on spawn_rate(comm)>50, alive>2k for 1m (repeatable)',
    commands: recordingCommands,
    config: true,
    parse: parseAlert,
  },
  alerts: {
    name: 'no-alerts',
    negated: true,
    help: 'disable the default alerts (zombies, restart loops)',
    commands: recordingCommands,
    config: true,
  },
  bell: {
    name: 'bell',
    help: 'ring the terminal bell when an alert is raised',
    commands: watchOnly,
    config: true,
  },
  dumpDir: {
    name: 'dump-dir',
    short: 'o',
    value: 'DIR',
    help: 'directory for dumps (default: the working directory)',
    commands: screenCommands,
    config: true,
    parse: asText,
  },
  theme: {
    name: 'theme',
    value: 'NAME',
    help: `color theme: ${themeNames.join(', ')}`,
    commands: screenCommands,
    config: true,
    choices: themeNames,
    parse: oneOf<ThemeName>(themeNames),
  },
  ascii: {
    name: 'ascii',
    help: 'draw with ASCII only; --no-ascii: never (default: from the locale)',
    commands: screenCommands,
    config: true,
    tristate: true,
  },
  mouse: {
    name: 'no-mouse',
    help: 'do not capture the mouse',
    commands: screenCommands,
    config: true,
    negated: true,
  },
  columns: {
    name: 'columns',
    value: 'LIST',
    help: `columns: ${columnIds.join(',')}`,
    commands: screenCommands,
    config: true,
    parse: choiceList(columnIds),
  },
  bind: {
    name: 'bind',
    value: 'KEYS',
    help: 'remap keys: x=p,ctrl-d=pagedown makes x do what p does',
    commands: screenCommands,
    config: true,
    parse: parseKeyOverrides,
  },
  config: {
    name: 'config',
    value: 'FILE',
    help: 'read flags from FILE, one per line (~/.config/churntop/config)',
    commands: [...liveCommands, 'view'],
    parse: asText,
  },
  record: {
    name: 'record',
    value: 'FILE',
    help: 'record a trace to FILE while watching',
    commands: watchOnly,
    parse: asText,
  },
  append: { name: 'append', help: 'append to an existing trace', commands: recordingCommands },
  rotate: {
    name: 'rotate',
    value: 'SIZE',
    help: 'start a new file at this size, such as 64MiB, and number the old one',
    commands: recordingCommands,
    parse: parseSize,
  },
  rotateEvery: {
    name: 'rotate-every',
    value: 'TIME',
    help: 'start a new file after this time, such as 1h',
    commands: recordingCommands,
    parse: durationWithin('1s', '366d'),
  },
  keep: {
    name: 'keep',
    value: 'N',
    help: 'number of rotated files to keep (default: all)',
    commands: recordingCommands,
    parse: integerWithin(1, 999_999),
  },
  gzip: {
    name: 'gzip',
    help: 'compress rotated files, and messages to NATS',
    commands: recordingCommands,
  },
  fsync: {
    name: 'fsync',
    value: 'TIME',
    help: 'flush to disk at least this often; off: never (default: 1s)',
    commands: recordingCommands,
    parse: parseFsync,
  },
  metrics: {
    name: 'metrics',
    value: 'FILE',
    help: 'write counters to FILE (x.prom) every 15s, for node_exporter',
    commands: ['record'],
    parse: parsePromPath,
  },
  for: {
    name: 'for',
    value: 'TIME',
    help: 'stop after this time: 30s, 8h',
    commands: ['record', 'report'],
    parse: durationWithin('100ms', '366d'),
  },
  by: {
    name: 'by',
    value: 'KEY',
    help: `one table: ${reportGroupings.join(', ')}`,
    commands: ['report'],
    choices: reportGroupings,
    parse: oneOf(reportGroupings),
  },
  top: {
    name: 'top',
    value: 'N',
    help: 'rows per table (default: 10, with --json: all)',
    commands: ['report'],
    parse: integerWithin(1, 1_000_000),
  },
  json: { name: 'json', help: 'print the result as one line of JSON', commands: ['report', 'check'] },
  to: {
    name: 'to',
    value: 'FORMAT',
    help: exportFormatNames.map((format) => `${format} (${exportFormats[format].consumer})`).join(', '),
    commands: ['export'],
    choices: exportFormatNames,
    parse: oneOf(exportFormatNames),
  },
  proc: {
    name: 'proc',
    value: 'DIR',
    help: 'the proc root (default: /proc)',
    commands: [...liveCommands, 'check'],
    parse: asText,
  },
  ...fleetFlags,
  help: { name: 'help', short: 'h', help: 'print this help' },
  version: { name: 'version', short: 'V', help: 'print the version' },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof flags;

/** The value of each flag. A flag with a value that was not given is absent. */
export type FlagValues = { -readonly [N in FlagName]: FlagValue<(typeof flags)[N]> };
