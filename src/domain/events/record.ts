import { type AnnotationRecord, type ChurnRecord, isProbeEvent } from './event.ts';
/** The same instant on both clocks: with it a reader turns monotonic times into wall time. */
export type ClockPair = {
  monotonic_ns: bigint;
  /** RFC 3339, UTC, nine digits. */
  realtime: string;
};

/** First line of every file. */
export type HeaderRecord = {
  probe_source: 'trace.header';
  format: 1;
  tool: string;
  host: string;
  boot_id: string;
  pid_ns: string;
  epistemic_status: 'DECLARED';
  /** Names one recorder across the files it wrote: `seq` counts its records. */
  recorder?: string;
  capture_mode?: CaptureMode;
  pid_max?: number;
  clock: ClockPair;
  /** Boot clock minus monotonic clock: with it start ticks become monotonic times. */
  boot_offset_ns?: bigint;
  /** The filter in force, as typed; absent when everything was kept. */
  filter?: string;
  /** Listed processes this user could not read. */
  hidden?: number;
  /** Births and execs tell control groups. */
  cgroups?: true;
};

/** A fresh clock pair each 10 s: also the heartbeat by which a reader knows that the source lives. */
export type ClockRecord = { probe_source: 'trace.clock'; clock: ClockPair };

/** The last line of an orderly end; without it the recorder died. */
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

/** When it was written, CLOCK_MONOTONIC ns. */
export const recordTimeNs = (record: TraceRecord): bigint => {
  if ('guest_monotonic_ns' in record) return record.guest_monotonic_ns;
  if ('clock' in record) return record.clock.monotonic_ns;
  return 'to_monotonic_ns' in record ? record.to_monotonic_ns : record.monotonic_ns;
};

/** From when on it tells: a gap begins before it is written. */
export const recordStartNs = (record: ChurnRecord): bigint =>
  'from_monotonic_ns' in record ? record.from_monotonic_ns : recordTimeNs(record);

export type CaptureMode = (typeof captureModes)[number];

/** How births are found: by the PID cursor, or by comparing whole directory listings. */
export const captureModes = ['cursor', 'walk'] as const;

/** What stands in the log, and what stepping steps over: all churn but discovery. */
export const isLogged = (record: TraceRecord): record is ChurnRecord =>
  isChurnRecord(record) && !(record.probe_source === 'process.spawned' && record.initial);
