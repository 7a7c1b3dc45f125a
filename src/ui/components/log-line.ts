import { formatAlert } from '../../domain/alerts/format.ts';
import type { CommandStyle } from '../../domain/commands/command-text.ts';
import {
  type AnnotationRecord,
  type ChurnRecord,
  type ExitedEvent,
  type GapRecord,
  isProbeEvent,
  type ProbeEvent,
  type ZombieEvent,
} from '../../domain/events/event.ts';
import { exitLogText, isFailure } from '../../domain/events/exit-status.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import { isLastingZombie } from '../../domain/processes/process-table.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { type WallClock, wallTimeNs } from '../../domain/source/wall-clock.ts';
import { commandOfEntry } from '../../domain/views/commands.ts';
import { outsideParent } from '../../store/views/process-state.ts';
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

const timeColumns = 12;
const pidColumns = 7;
const commColumns = 16;
/** Cells for details next to a long command, and for a long command next to long details. */
const [minDetailColumns, minCommandColumns] = [24, 20];

type LogLineOptions = {
  clock: WallClock;
  width: number;
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
    userName = String,
    commandStyle = 'command',
    isLasting = () => true,
    theme: { paint },
  }: LogLineOptions,
): string => {
  const { record } = entry;
  const { mark, role } = markOf(record, isLasting);
  const time = formatTimeOfDay(wallTimeNs(clock, recordTimeNs(record)));
  if (!isProbeEvent(record)) return paint(role, fit(`${time} ${mark} ${annotationText(record)}`, width));
  const pid = fit(String(record.guest_pid), pidColumns, 'right');
  const freeColumns = width - timeColumns - pidColumns - 5;
  const command = commandOfEntry(entry, record, commandStyle);
  const text = detailText(entry, userName);
  const commandColumns = commandWidth(widthOf(printable(command)), text.length, freeColumns);
  const detailColumns = Math.max(0, freeColumns - commandColumns);
  const detail = paintDetail(fit(text, detailColumns), record, paint);
  const fitted = fitCommand(command, commandColumns);
  return `${paint('dim', time)} ${paint(role, mark)} ${pid} ${paint(role, fitted)} ${detail}`;
};

/**
 * Returns the width of a command: at least that of a comm, so that details are aligned. Details name the parent at their
 * end, so that a long command leaves them the cells that they need.
 */
const commandWidth = (needed: number, detailColumns: number, freeColumns: number): number => {
  const least = Math.min(commColumns, Math.max(4, freeColumns));
  const most = freeColumns - Math.max(minDetailColumns, detailColumns);
  return Math.max(
    least,
    Math.min(needed, Math.max(most, Math.min(minCommandColumns, freeColumns - minDetailColumns))),
  );
};

/** Returns mark and style of a record: failures and lasting zombies stand out, other exits and zombies do not. */
const markOf = (record: ChurnRecord, isLasting: (zombie: ZombieEvent) => boolean): Mark => {
  if (record.probe_source === 'process.exited' && isFailure(record)) return { mark: '×', role: 'failure' };
  if (record.probe_source === 'process.zombie' && !isLasting(record)) return { mark: 'z', role: 'value' };
  return logMarks[record.probe_source];
};

/** Paints the details, with an exit status that is a failure in the style of failures. */
const paintDetail = (detail: string, record: ProbeEvent, paint: Theme['paint']): string => {
  const isExit = record.probe_source === 'process.exited' || record.probe_source === 'process.zombie';
  const status = isExit && isFailure(record) ? exitLogText(record) : '';
  const at = status === '' ? -1 : detail.indexOf(status);
  if (at < 0) return paint('dim', detail);
  const end = at + status.length;
  return paint('dim', detail.slice(0, at)) + paint('failure', status) + paint('dim', detail.slice(end));
};

const detailText = ({ record, parentComm }: LogEntry, userName: (uid: number) => string): string => {
  switch (record.probe_source) {
    case 'process.spawned': {
      const { guest_ppid: ppid } = record;
      if (ppid === undefined) return 'exited before it could be read';
      return ppid === 0 ? outsideParent : `by ${parentComm ?? '?'} ${ppid}`;
    }
    case 'process.zombie': {
      const { guest_ppid: ppid } = record;
      const parent = ppid === 0 ? outsideParent : `waiting for ${parentComm ?? '?'} ${ppid}`;
      return `zombie, ${ppid === undefined ? '' : `${parent}, `}${exitLogText(record)}`;
    }
    case 'process.exec':
      return `was ${record.previous_comm}`;
    case 'process.user': {
      const { guest_uid, previous_uid } = record;
      const was = previous_uid === undefined ? '' : `, was ${userName(previous_uid)}`;
      return `user ${userName(guest_uid)}${was}`;
    }
    case 'process.exited':
      return exitText(record, parentComm);
    default:
      return '';
  }
};

/** Columns of a lifetime and of a status, so that those of consecutive exits are aligned. */
const [lifetimeColumns, statusColumns] = [6, 8];

/** Formats an exit: how long the process ran, its status, its parent, and how long it was a zombie. */
const exitText = (exit: ExitedEvent, parentComm: string | undefined): string => {
  const lifetime = formatDuration(exit.lifetime_ns).padStart(lifetimeColumns);
  const parts = [
    ...(parentComm === undefined ? [] : [`by ${parentComm}`]),
    ...(exit.zombie_ns === undefined ? [] : [`zombie for ${formatDuration(exit.zombie_ns)}`]),
  ];
  return `${lifetime} ${exitLogText(exit).padEnd(statusColumns)} ${parts.join(', ')}`.trimEnd();
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
