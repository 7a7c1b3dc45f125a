import { type AnnotationRecord, type CaptureMode, type ChurnRecord, isProbeEvent } from './event.ts';

/** One instant on both clocks, by which a reader converts monotonic times to wall time. */
export type ClockPair = {
  monotonic_ns: bigint;
  /** RFC 3339, UTC, nine digits. */
  realtime: string;
};

/** The first line of every file. */
export type HeaderRecord = {
  probe_source: 'trace.header';
  format: 1;
  tool: string;
  host: string;
  boot_id: string;
  pid_ns: string;
  epistemic_status: 'DECLARED';
  /** ID of the recorder, the same in all its files; `seq` counts its records. */
  recorder?: string;
  capture_mode?: CaptureMode;
  pid_max?: number;
  clock: ClockPair;
  /** Boot clock minus monotonic clock, which converts start ticks to monotonic times. */
  boot_offset_ns?: bigint;
  /** The filter as typed; absent if all records were written. */
  filter?: string;
  /** Number of listed processes that this user could not read. */
  hidden?: number;
  /** Present if spawn and exec events have control groups. */
  cgroups?: true;
};

/** A new clock pair, every 10 s. It is also the heartbeat of the source. */
export type ClockRecord = {
  probe_source: 'trace.clock';
  clock: ClockPair;
  /** Present if it has changed: the machine was suspended. */
  boot_offset_ns?: bigint;
};

/** The last line of a complete trace. It is absent if the recorder was killed. */
export type EndRecord = { probe_source: 'trace.end'; monotonic_ns: bigint };

export type TraceRecord = HeaderRecord | ClockRecord | EndRecord | ChurnRecord;

const annotationSources: Readonly<Record<AnnotationRecord['probe_source'], true>> = {
  'trace.gap': true,
  'trace.note': true,
  'trace.alert': true,
};

export const isAnnotation = (record: TraceRecord): record is AnnotationRecord =>
  Object.hasOwn(annotationSources, record.probe_source);

export const isChurnRecord = (record: TraceRecord): record is ChurnRecord =>
  isProbeEvent(record) || isAnnotation(record);

/** Returns the time of a record, CLOCK_MONOTONIC ns: for a gap, its end. */
export const recordTimeNs = (record: TraceRecord): bigint => {
  if ('guest_monotonic_ns' in record) return record.guest_monotonic_ns;
  if ('clock' in record) return record.clock.monotonic_ns;
  return 'to_monotonic_ns' in record ? record.to_monotonic_ns : record.monotonic_ns;
};

/** Returns the earliest time a record covers, CLOCK_MONOTONIC ns. A gap starts before it is written. */
export const recordStartNs = (record: ChurnRecord): bigint =>
  'from_monotonic_ns' in record ? record.from_monotonic_ns : recordTimeNs(record);

/** Returns whether a record appears in the log and counts as a step: all churn except discovery. */
export const isLogged = (record: TraceRecord): record is ChurnRecord =>
  isChurnRecord(record) && !(record.probe_source === 'process.spawned' && record.initial);
