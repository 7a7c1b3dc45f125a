import { formatAlert } from '../../domain/alerts/format.ts';
import {
  type AnnotationRecord,
  type ChurnRecord,
  type GapRecord,
  isProbeEvent,
  type ProbeEvent,
} from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import type { LogEntry } from '../../domain/processes/system-state.ts';
import { formatCount, formatDuration } from '../../util/format.ts';
import { formatRfc3339 } from '../../util/time.ts';
import { fit } from '../text/cells.ts';
import type { Role, Theme } from '../theme/theme.ts';

type Source = ChurnRecord['probe_source'];

/** What stands before a line, and how it is coloured: the mark alone tells them apart. */
const logMarks: Readonly<Record<Source, { mark: string; role: Role }>> = {
  'process.spawned': { mark: '+', role: 'spawn' },
  'process.exec': { mark: '>', role: 'exec' },
  'process.zombie': { mark: 'z', role: 'zombie' },
  'process.exited': { mark: '-', role: 'exit' },
  'trace.gap': { mark: '!', role: 'gap' },
  'trace.alert': { mark: '!', role: 'error' },
  'trace.note': { mark: '#', role: 'title' },
};

const timeColumns = 12;
const pidColumns = 7;
const commColumns = 16;

/** One line of the log, exactly `width` cells. */
export const logLine = (entry: LogEntry, wallOffsetNs: bigint, width: number, { paint }: Theme): string => {
  const { record } = entry;
  const { mark, role } = logMarks[record.probe_source];
  const time = timeText(recordTimeNs(record) + wallOffsetNs);
  if (!isProbeEvent(record)) return paint(role, fit(`${time} ${mark} ${annotationText(record)}`, width));
  const pid = fit(String(record.guest_pid), pidColumns, 'right');
  const comm = fit(
    nameOf(entry, record),
    Math.min(commColumns, Math.max(4, width - timeColumns - pidColumns - 5)),
  );
  const tail = Math.max(0, width - timeColumns - pidColumns - commColumns - 5);
  const detail = paint('dim', fit(detailText(entry), tail));
  return `${paint('dim', time)} ${paint(role, mark)} ${pid} ${paint(role, comm)} ${detail}`;
};

/** A birth bears the name of the program it was for; all else the name of its moment. */
const nameOf = ({ origin }: LogEntry, { probe_source, guest_comm }: ProbeEvent): string =>
  (probe_source === 'process.spawned' ? origin?.nameHistory.program : undefined) ?? guest_comm;

/** `21:03:12.345`, UTC as in the dump. */
const timeText = (realtimeNs: bigint): string => formatRfc3339(realtimeNs).slice(11, 23);

const detailText = ({ record, parentComm }: LogEntry): string => {
  switch (record.probe_source) {
    case 'process.spawned':
      return record.guest_ppid === undefined
        ? 'gone before it could be read'
        : `by ${parentComm ?? '?'} ${record.guest_ppid}`;
    case 'process.zombie':
      return `zombie, unreaped by ${parentComm ?? '?'} ${record.guest_ppid ?? ''}${status(record)}`;
    case 'process.exec':
      return `was ${record.previous_comm}`;
    case 'process.exited':
      return `lived ${formatDuration(record.lifetime_ns)}${status(record)}`;
    default:
      return '';
  }
};

const status = ({ exit_code, exit_signal }: { exit_code?: number; exit_signal?: number }): string => {
  if (exit_signal !== undefined) return `, signal ${exit_signal}`;
  return exit_code === undefined ? '' : `, exit ${exit_code}`;
};

const gapTexts: Readonly<Record<GapRecord['reason'], (gap: GapRecord) => string>> = {
  unseen: ({ tasks = 0 }) => `${formatCount(tasks, 'task')} came and went unseen`,
  dropped: ({ events = 0 }) => `${formatCount(events, 'record')} dropped: the reader was too slow`,
  stalled: (gap) => `not looking for ${formatDuration(gap.to_monotonic_ns - gap.from_monotonic_ns)}: held up`,
  disk: ({ events = 0 }) => `${formatCount(events, 'record')} not written: disk`,
};

const annotationTexts: {
  readonly [S in AnnotationRecord['probe_source']]: (aside: AnnotationRecord & { probe_source: S }) => string;
} = {
  'trace.gap': (gap) => gapTexts[gap.reason](gap),
  'trace.note': ({ text }) => text,
  'trace.alert': formatAlert,
};

const annotationText = (aside: AnnotationRecord): string =>
  annotationTexts[aside.probe_source](aside as never);
