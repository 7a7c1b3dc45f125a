import { formatAlert } from '../../domain/alerts/format.ts';
import {
  type AnnotationRecord,
  type ChurnRecord,
  type GapRecord,
  isProbeEvent,
} from '../../domain/events/event.ts';
import { type ExitStatus, formatExitStatus } from '../../domain/events/exit-status.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import type { CommandStyle } from '../../domain/processes/command-text.ts';
import type { LogEntry } from '../../domain/processes/system-state.ts';
import { type WallClock, wallTimeNs } from '../../domain/source/wall-clock.ts';
import { commandOfEntry } from '../../domain/views/commands.ts';
import { outsideParent } from '../../store/views/process-state.ts';
import { formatCount, formatDuration, livedText } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { formatTimeOfDay } from '../../util/time.ts';
import { modeText } from '../text/capture-mode.ts';
import { fit, fitCommand, widthOf } from '../text/cells.ts';
import type { Role, Theme } from '../theme/theme.ts';

type Source = ChurnRecord['probe_source'];

/** The mark and the style of each record type. The mark alone identifies the type, because color may be off. */
const logMarks: Readonly<Record<Source, { mark: string; role: Role }>> = {
  'process.spawned': { mark: '+', role: 'spawn' },
  'process.exec': { mark: '>', role: 'exec' },
  'process.user': { mark: 'u', role: 'exec' },
  'process.zombie': { mark: 'z', role: 'zombie' },
  'process.exited': { mark: '-', role: 'exit' },
  'trace.gap': { mark: '!', role: 'gap' },
  'trace.alert': { mark: '!', role: 'error' },
  'trace.note': { mark: '#', role: 'title' },
};

const timeColumns = 12;
const pidColumns = 7;
const commColumns = 16;
/** Cells for details next to a long command. */
const minDetailColumns = 24;

type LogLineOptions = {
  clock: WallClock;
  width: number;
  /** Returns the name of a user. Default: the UID. */
  userName?: (uid: number) => string;
  /** Default: `command`. */
  commandStyle?: CommandStyle;
  theme: Theme;
};

/** Formats a log entry as a line of exactly `width` cells. */
export const logLine = (
  entry: LogEntry,
  { clock, width, userName = String, commandStyle = 'command', theme: { paint } }: LogLineOptions,
): string => {
  const { record } = entry;
  const { mark, role } = logMarks[record.probe_source];
  const time = formatTimeOfDay(wallTimeNs(clock, recordTimeNs(record)));
  if (!isProbeEvent(record)) return paint(role, fit(`${time} ${mark} ${annotationText(record)}`, width));
  const pid = fit(String(record.guest_pid), pidColumns, 'right');
  const freeColumns = width - timeColumns - pidColumns - 5;
  const command = commandOfEntry(entry, record, commandStyle);
  const commandColumns = commandWidth(widthOf(printable(command)), freeColumns);
  const detailColumns = Math.max(0, freeColumns - commandColumns);
  const detail = paint('dim', fit(detailText(entry, userName), detailColumns));
  const fitted = fitCommand(command, commandColumns);
  return `${paint('dim', time)} ${paint(role, mark)} ${pid} ${paint(role, fitted)} ${detail}`;
};

/** Returns the width of a command: at least that of a comm, so that details are aligned, and at most the share that is left. */
const commandWidth = (needed: number, freeColumns: number): number => {
  const least = Math.min(commColumns, Math.max(4, freeColumns));
  return Math.max(least, Math.min(needed, freeColumns - minDetailColumns));
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
      return `zombie, ${statusText(record)}${ppid === undefined ? '' : `, ${parent}`}`;
    }
    case 'process.exec':
      return `was ${record.previous_comm}`;
    case 'process.user': {
      const { guest_uid, previous_uid } = record;
      const was = previous_uid === undefined ? '' : `, was ${userName(previous_uid)}`;
      return `user ${userName(guest_uid)}${was}`;
    }
    case 'process.exited':
      return livedText(record.lifetime_ns, record.zombie_ns, statusText(record));
    default:
      return '';
  }
};

/** Formats an exit status. It precedes the details that a narrow screen cuts. */
const statusText = (status: ExitStatus): string => formatExitStatus(status) ?? 'exit ?';

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
