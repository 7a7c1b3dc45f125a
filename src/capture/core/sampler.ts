import type { CaptureMode, ChurnRecord } from '../../domain/events/event.ts';
import type { ObservedProcess } from '../../proc/lifecycle-events.ts';
import type { ProcReader } from '../../proc/reader.ts';

/** The outcome of one sample. */
export type SampleResult =
  /** Nothing changed since the last sample. */
  | 'idle'
  /** The PID counter moved, or a walk found a change. */
  | 'changed'
  /** More PIDs are due than one sample may read. The next sample should follow without sleep. */
  | 'backlog';

/** The counters of a sampler since its start, as `SourceStatus` reports them. */
export type SamplerCounters = {
  allocatedPids: number | undefined;
  processesSeen: number;
  threadsSeen: number | undefined;
  missedTasks: number | undefined;
  pendingPids: number | undefined;
  alive: number;
  hiddenProcesses: number;
  ownProcessesOnly: boolean;
  /** Kernel events lost because their queue was full; absent without kernel events. */
  lostEvents?: number;
  lastError: string | undefined;
};

/** Samples the process table on demand. It keeps the resulting records until they are taken. */
export type Sampler = {
  readonly mode: CaptureMode;
  readonly modeReason: string;
  /** Duration of the last sample in walk mode, ms; undefined in other modes. */
  readonly walkCostMs: number | undefined;
  /** Takes one sample. `nowMs`: the pacing clock. @throws ProcError when later samples would fail as well. */
  sample(nowMs: number): SampleResult;
  /**
   * Waits until there is something to sample, for at most `ms`. Present in a sampler that gets events: it then needs no
   * sampling interval. @throws ConnectorError when there are no more events
   */
  readonly wait?: ((ms: number) => void) | undefined;
  /** Returns the processes whose spawn was reported and whose exit was not, for the sampler that takes over from this one. */
  liveProcesses?(): Iterable<ObservedProcess>;
  /** Removes and returns the records since the last call. */
  take(): readonly ChurnRecord[];
  /** Returns the counters. `last`: whether the capture ends, so that nothing may stay unconfirmed. Records may follow. */
  counters(last?: boolean): SamplerCounters;
  /** Sets the boot clock minus the monotonic clock, ns, after the machine was suspended. */
  setBootOffset(bootOffsetNs: bigint): void;
  close(): void;
};

/** The parameters of every sampler. */
export type SamplerContext = {
  proc: ProcReader;
  clock: SamplerClock;
  /** Why this mode was selected, in a few words. */
  modeReason: string;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  /** Children of this PID are not reported. Undefined: report all. */
  ownPid: number | undefined;
  /** Whether the proc root lists only this user's processes. */
  ownProcessesOnly: boolean;
};

/** A monotonic clock in two units: exact for timestamps, and cheap for pacing. */
export type SamplerClock = {
  /** CLOCK_MONOTONIC, ns, for timestamps of records. */
  nowNs(): bigint;
  /** Milliseconds with fractions since an arbitrary point in time. It allocates nothing, unlike `nowNs`. */
  nowMs(): number;
};

const nsPerMs = 1e6;

/** Converts a duration to whole nanoseconds, rounded up, at least 0: a window must not become too short. */
export const toNs = (ms: number): bigint => BigInt(Math.max(0, Math.ceil(ms * nsPerMs)));
export const toMs = (ns: bigint): number => Number(ns) / nsPerMs;
