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

/**
 * The live processes as of a record. The next `records` lines, which have no `seq`, are these processes as the first
 * records of a file have them. A viewer that joins late starts from here.
 */
export type AliveRecord = {
  probe_source: 'trace.alive';
  /** `seq` of the last record that they include. */
  as_of: number;
  /** Number of lines that follow. */
  records: number;
  monotonic_ns: bigint;
};

/** Counts of one comm in a pulse, since the start of the recorder. */
export type PulseComm = { comm: string; spawned: number; exited: number; failed: number };

/** Maximum number of comms in a pulse. */
export const maxPulseComms = 16;

/** The counters of a guest, which replace its events where there are too many guests. All are totals of its recorder. */
export type PulseRecord = {
  probe_source: 'trace.pulse';
  clock: ClockPair;
  /** `seq` of the last record that it includes; absent without records. */
  as_of?: number;
  alive: number;
  zombies: number;
  spawned: number;
  exited: number;
  /** Exits known to have failed, among those with a known status. */
  failed: number;
  known: number;
  /** Tasks missed; absent if it is unknown. */
  missed?: number;
  /** Records lost. */
  lost: number;
  /** Restart loops and alerts that hold. */
  loops: number;
  alerts: number;
  /** The comms with the most spawns and exits, at most 16. */
  top: readonly PulseComm[];
};

export type TraceRecord = HeaderRecord | ClockRecord | EndRecord | AliveRecord | PulseRecord | ChurnRecord;

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

/** Returns whether a record appears in the log and counts as a step: all churn except discovery and CPU time. */
export const isLogged = (record: TraceRecord): record is ChurnRecord =>
  isChurnRecord(record) &&
  record.probe_source !== 'process.children' &&
  !(record.probe_source === 'process.spawned' && record.initial);
