import { formatAlert } from '../../domain/alerts/format.ts';
import type { CommandStyle } from '../../domain/commands/command-text.ts';
import {
  type AnnotationRecord,
  type ChurnRecord,
  type GapRecord,
  isProbeEvent,
  type ZombieEvent,
} from '../../domain/events/event.ts';
import { isFailure } from '../../domain/events/exit-status.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import { isLastingZombie } from '../../domain/processes/process-table.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { type WallClock, wallTimeNs } from '../../domain/source/wall-clock.ts';
import {
  hasStatus,
  joinNotes,
  type LogColumn,
  type LogContext,
  layoutLog,
  notesOf,
} from '../../store/views/log-columns.ts';
import type { PlacedColumn } from '../../store/views/table-column.ts';
import { formatCount, formatDuration } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { formatTimeOfDay } from '../../util/time.ts';
import { modeText } from '../text/capture-mode.ts';
import { fit, fitCommand, widthOf } from '../text/cells.ts';
import type { Role, Theme } from '../theme/theme.ts';

type Source = ChurnRecord['probe_source'];
type Mark = { mark: string; role: Role };

/** The mark and the style of each record type. The mark alone identifies the type, because color may be off. */
const logMarks: Readonly<Record<Source, Mark>> = {
  'process.spawned': { mark: '+', role: 'spawn' },
  'process.exec': { mark: '>', role: 'exec' },
  'process.user': { mark: 'u', role: 'exec' },
  'process.zombie': { mark: 'z', role: 'zombie' },
  'process.exited': { mark: '-', role: 'exit' },
  // Not logged.
  'process.children': { mark: ' ', role: 'dim' },
  'trace.gap': { mark: '!', role: 'gap' },
  'trace.alert': { mark: '!', role: 'error' },
  'trace.note': { mark: '#', role: 'title' },
};

type LogLineOptions = {
  clock: WallClock;
  width: number;
  /** Default: those of a log of one process. */
  columns?: readonly PlacedColumn<LogColumn>[];
  /** Returns the name of a user. Default: the UID. */
  userName?: (uid: number) => string;
  /** Default: `command`. */
  commandStyle?: CommandStyle;
  /** Returns whether a zombie record belongs to a process that has been a zombie for long. Default: all do. */
  isLasting?: (zombie: ZombieEvent) => boolean;
  theme: Theme;
};

/** Returns a function that returns whether the process of a zombie record is a zombie now, and for long. */
export const lastingZombies =
  ({ table, nowNs }: SystemState) =>
  ({ guest_pid, start_ticks }: ZombieEvent): boolean => {
    const process = table.get(guest_pid);
    const isSame = start_ticks === undefined || process?.startTicks === start_ticks;
    return process !== undefined && isSame && isLastingZombie(process, nowNs);
  };

/** Formats a log entry as a line of exactly `width` cells. */
export const logLine = (
  entry: LogEntry,
  {
    clock,
    width,
    columns = layoutLog(width),
    userName = String,
    commandStyle = 'command',
    isLasting = () => true,
    theme: { paint },
  }: LogLineOptions,
): string => {
  const { record, from } = entry;
  const { mark, role } = markOf(record, isLasting);
  const time = formatTimeOfDay(wallTimeNs(from ?? clock, recordTimeNs(record)));
  if (!isProbeEvent(record)) {
    const hostColumns = columns.find(({ column }) => column.id === 'host')?.columnWidth;
    const host = from && hostColumns !== undefined ? `${fit(from.host, hostColumns)} ` : '';
    return paint(role, fit(`${time} ${host}${mark} ${annotationText(record)}`, width));
  }
  const hasParent = columns.some(({ column }) => column.id === 'parent');
  const context: LogContext = { time, mark, userName, commandStyle, hasParent };
  const cells = columns.map(({ column: { id, align, cell }, columnWidth }) => ({
    id,
    align,
    text: cell(record, entry, context),
    cellWidth: columnWidth,
  }));
  const roles: Readonly<Partial<Record<LogColumn['id'], Role>>> = {
    mark: role,
    pid: 'value',
    command: role,
    ...(hasStatus(record) && isFailure(record) && { exit: 'failure' as const }),
  };
  const parts: { role: Role; text: string }[] = [];
  for (const { id, text, cellWidth, align } of widenNote(cells, notesOf(record, entry, context))) {
    const shown = id === 'command' ? fitCommand(text, cellWidth) : fit(text, cellWidth, align);
    const cellRole = roles[id] ?? 'dim';
    const last = parts.at(-1);
    // Cells of one style are painted together, because each style sequence is sent to the terminal.
    if (last?.role === cellRole) last.text += ` ${shown}`;
    else parts.push({ role: cellRole, text: shown });
  }
  return parts.map(({ role: partRole, text }) => paint(partRole, text)).join(' ');
};

type Cell = { id: LogColumn['id']; align: LogColumn['align']; text: string; cellWidth: number };

/** A log without a column for notes shows them where at least this many cells are empty. */
const minNoteColumns = 12;

/** Gives notes that need them the empty cells after them. Notes that do not fit are left out rather than cut. */
const widenNote = (cells: readonly Cell[], notes: readonly string[]): readonly Cell[] => {
  const neededWidth = noteWidth(notes);
  const afterCommand = cells.findIndex(({ id }) => id === 'command') + 1;
  const own = cells[afterCommand]?.id === 'note' ? cells[afterCommand] : undefined;
  let cellWidth = own?.cellWidth ?? -1;
  let end = afterCommand + (own ? 1 : 0);
  for (; cellWidth < neededWidth && cells[end]?.text === ''; end++)
    cellWidth += 1 + (cells[end] as Cell).cellWidth;
  if (!own && cellWidth < Math.min(neededWidth, minNoteColumns)) return cells;
  if (cellWidth < 0) return cells;
  let count = notes.length;
  while (count > 1 && noteWidth(notes.slice(0, count)) > cellWidth) count--;
  const noteCell: Cell = { id: 'note', align: 'left', text: joinNotes(notes.slice(0, count)), cellWidth };
  return [...cells.slice(0, afterCommand), noteCell, ...cells.slice(end)];
};

const noteWidth = (notes: readonly string[]): number => widthOf(printable(joinNotes(notes)));

/** Returns mark and style of a record: failures and lasting zombies stand out, other exits and zombies do not. */
const markOf = (record: ChurnRecord, isLasting: (zombie: ZombieEvent) => boolean): Mark => {
  if (record.probe_source === 'process.exited' && isFailure(record)) return { mark: '×', role: 'failure' };
  if (record.probe_source === 'process.zombie' && !isLasting(record)) return { mark: 'z', role: 'value' };
  return logMarks[record.probe_source];
};

const gapTexts: Readonly<Record<GapRecord['reason'], (gap: GapRecord) => string>> = {
  unseen: ({ tasks = 0 }) => `${formatCount(tasks, 'short-lived task')} missed`,
  dropped: ({ events = 0 }) => `${formatCount(events, 'record')} dropped (reader too slow)`,
  stalled: (gap) =>
    `sampling paused ${formatDuration(gap.to_monotonic_ns - gap.from_monotonic_ns)} (CPU busy)`,
  disk: ({ events = 0 }) => `${formatCount(events, 'record')} not written (disk error)`,
  queue: ({ events = 0 }) => `${formatCount(events, 'kernel event')} lost (queue full)`,
  source: ({ capture_mode, ...gap }) =>
    `kernel events ended, ${capture_mode ? modeText(capture_mode) : 'another source'} after ${formatDuration(gap.to_monotonic_ns - gap.from_monotonic_ns)}`,
};

const annotationTexts: {
  readonly [S in AnnotationRecord['probe_source']]: (
    record: AnnotationRecord & { probe_source: S },
  ) => string;
} = {
  'trace.gap': (gap) => gapTexts[gap.reason](gap),
  'trace.note': ({ text }) => text,
  'trace.alert': formatAlert,
};

const annotationText = (record: AnnotationRecord): string =>
  annotationTexts[record.probe_source](record as never);
