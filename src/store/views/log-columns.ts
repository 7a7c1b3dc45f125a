import { formatPlace } from '../../domain/cgroups/place-text.ts';
import { type CommandStyle, nameText } from '../../domain/commands/command-text.ts';
import type { ExitedEvent, ProbeEvent, ZombieEvent } from '../../domain/events/event.ts';
import { exitLogText } from '../../domain/events/exit-status.ts';
import type { LogEntry } from '../../domain/processes/system-state.ts';
import { commandOfEntry } from '../../domain/views/commands.ts';
import { formatDuration } from '../../util/format.ts';
import { outsideParent } from './process-state.ts';
import { type ContentWidths, layoutColumns, type PlacedColumn, type TableColumn } from './table-column.ts';

/** Data for cells, besides the log entry of the row. */
export type LogContext = {
  /** Time of day of the record, with milliseconds. */
  time: string;
  /** The mark of the record type. */
  mark: string;
  userName: (uid: number) => string;
  commandStyle: CommandStyle;
  /** Whether the parent has a column of its own, so that the note leaves it out. */
  hasParent: boolean;
};

/** A column of the log. */
export type LogColumn = TableColumn & {
  id:
    | 'time'
    | 'host'
    | 'mark'
    | 'pid'
    | 'parent'
    | 'user'
    | 'unit'
    | 'command'
    | 'cpu'
    | 'life'
    | 'exit'
    | 'note';
  title: string;
  /** Whether it shows where the process comes from. A log of one process omits it. Default: false. */
  isOrigin?: true;
  cell: (record: ProbeEvent, entry: LogEntry, context: LogContext) => string;
};

/** Width of a time of day with milliseconds, in cells. */
export const timeColumns = 12;

/** The columns of the log, left to right. The command takes the remaining width. */
const logColumns: readonly LogColumn[] = [
  {
    id: 'time',
    title: 'TIME',
    width: timeColumns,
    align: 'left',
    minTableWidth: 0,
    cell: (_record, _entry, { time }) => time,
  },
  {
    id: 'host',
    title: 'HOST',
    width: 0,
    align: 'left',
    minTableWidth: 0,
    cell: (_record, { from }) => from?.host ?? '',
  },
  {
    id: 'mark',
    title: '',
    width: 1,
    align: 'left',
    minTableWidth: 0,
    cell: (_record, _entry, { mark }) => mark,
  },
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    minTableWidth: 0,
    cell: ({ guest_pid }) => String(guest_pid),
  },
  {
    id: 'parent',
    title: 'PARENT',
    width: 20,
    align: 'left',
    minTableWidth: 110,
    isOrigin: true,
    cell: (record, entry) => parentText(record, entry),
  },
  {
    id: 'user',
    title: 'USER',
    width: 8,
    align: 'left',
    minTableWidth: 110,
    isOrigin: true,
    cell: (record, { origin }, { userName }) => {
      const uid = ('guest_uid' in record ? record.guest_uid : undefined) ?? origin?.uid;
      return uid === undefined ? '?' : userName(uid);
    },
  },
  {
    id: 'unit',
    title: 'UNIT',
    width: (tableWidth) => Math.max(16, Math.min(32, Math.floor(tableWidth / 8))),
    align: 'left',
    minTableWidth: 150,
    isOrigin: true,
    cell: (_record, { origin }) => (origin?.cgroup === undefined ? '?' : formatPlace(origin.cgroup)),
  },
  {
    id: 'command',
    title: 'COMMAND',
    width: undefined,
    align: 'left',
    minTableWidth: 0,
    cell: (record, entry, { commandStyle }) => commandOfEntry(entry, record, commandStyle),
  },
  {
    id: 'note',
    title: '',
    width: (tableWidth) => (tableWidth < 90 ? 14 : 24),
    align: 'left',
    minTableWidth: 72,
    cell: (record, entry, context) => joinNotes(notesOf(record, entry, context)),
  },
  {
    id: 'cpu',
    title: 'CPU',
    width: 6,
    align: 'right',
    minTableWidth: 140,
    cell: (record) =>
      'cpu_ns' in record && record.cpu_ns !== undefined ? formatDuration(record.cpu_ns) : '',
  },
  {
    id: 'life',
    title: 'LIFE',
    width: 6,
    align: 'right',
    minTableWidth: 56,
    cell: (record) => (record.probe_source === 'process.exited' ? formatDuration(record.lifetime_ns) : ''),
  },
  {
    id: 'exit',
    title: 'EXIT',
    width: 8,
    align: 'left',
    minTableWidth: 48,
    // A core dump is in the note.
    cell: (record) => {
      if (!hasStatus(record)) return '';
      const { core_dumped: _, ...status } = record;
      return exitLogText(status);
    },
  },
];

/** Returns whether a record is that of an exit or a zombie. */
export const hasStatus = (record: ProbeEvent): record is ExitedEvent | ZombieEvent =>
  record.probe_source === 'process.exited' || record.probe_source === 'process.zombie';

type LogLayoutOptions = {
  contentWidths?: ContentWidths;
  /** Whether to show where each process comes from. Default: false. */
  withOrigin?: boolean;
  /** Whether the cgroup of a process is known. Default: false. */
  hasCgroups?: boolean;
  /** Width of the column with the host of each entry, in cells. Default: no column. */
  hostColumns?: number;
};

/** Returns the columns of a log of this width, in cells. */
export const layoutLog = (
  width: number,
  { contentWidths, withOrigin = false, hasCgroups = false, hostColumns = 0 }: LogLayoutOptions = {},
): PlacedColumn<LogColumn>[] => {
  const columns = logColumns
    .filter(({ id, isOrigin }) => !isOrigin || (withOrigin && (hasCgroups || id !== 'unit')))
    .filter(({ id }) => id !== 'host' || hostColumns > 0)
    .map((column) => (column.id === 'host' ? { ...column, width: hostColumns } : column));
  return layoutColumns(columns, width, { contentWidths, leadColumns: 0 });
};

/** Returns the current parent of a process: its name and PID. */
const parentText = (record: ProbeEvent, { parentComm, origin }: LogEntry): string => {
  const ppid = ('guest_ppid' in record ? record.guest_ppid : undefined) ?? origin?.ppid;
  return ppid === undefined || ppid === 0 ? '-' : `${nameText(parentComm)} ${ppid}`;
};

type Notes = {
  readonly [S in ProbeEvent['probe_source']]: (
    record: ProbeEvent & { probe_source: S },
    entry: LogEntry,
    context: LogContext,
  ) => readonly string[];
};

const notes: Notes = {
  'process.spawned': ({ guest_ppid: ppid }, { parentComm }, { hasParent }) => {
    if (ppid === undefined) return ['exited before it could be read'];
    if (ppid === 0) return [outsideParent];
    return hasParent ? [] : [`by ${nameText(parentComm)} ${ppid}`];
  },
  'process.exec': ({ previous_comm }) => [`was ${nameText(previous_comm)}`],
  'process.user': ({ guest_uid, previous_uid }, _entry, { userName }) => [
    `user ${userName(guest_uid)}`,
    ...(previous_uid === undefined ? [] : [`was ${userName(previous_uid)}`]),
  ],
  'process.zombie': ({ guest_ppid: ppid, core_dumped }, { parentComm }, { hasParent }) => [
    ...(core_dumped ? ['core dumped'] : []),
    ...(ppid === 0 ? [outsideParent] : []),
    ...(hasParent || !ppid ? [] : [`of ${nameText(parentComm)} ${ppid}`]),
  ],
  'process.exited': ({ zombie_ns, core_dumped }, { parentComm }, { hasParent }) => [
    ...(core_dumped ? ['core dumped'] : []),
    ...(hasParent || parentComm === undefined ? [] : [`by ${nameText(parentComm)}`]),
    ...(zombie_ns === undefined ? [] : [`zombie for ${formatDuration(zombie_ns)}`]),
  ],
  // Not logged.
  'process.children': () => [],
};

/** Returns what the other columns do not show, the most important first. */
export const notesOf = (record: ProbeEvent, entry: LogEntry, context: LogContext): readonly string[] =>
  notes[record.probe_source](record as never, entry, context);

export const joinNotes = (texts: readonly string[]): string => texts.join(', ');
