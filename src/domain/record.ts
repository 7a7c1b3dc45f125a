import { type ChurnRecord, isProbeEvent } from './event.ts';
import type { CaptureMode } from './source.ts';

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
};

/** A fresh clock pair each 10 s: also the heartbeat by which a reader knows that the source lives. */
export type ClockRecord = { probe_source: 'trace.clock'; clock: ClockPair };

/** The last line of an orderly end; without it the recorder died. */
export type EndRecord = { probe_source: 'trace.end'; monotonic_ns: bigint };

export type TraceRecord = HeaderRecord | ClockRecord | EndRecord | ChurnRecord;

export const isChurn = (record: TraceRecord): record is ChurnRecord =>
  isProbeEvent(record) || record.probe_source === 'trace.gap';
