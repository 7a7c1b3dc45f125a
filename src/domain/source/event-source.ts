import type { Batch, CaptureMode } from '../events/event.ts';
import type { ProcessId } from '../events/process-id.ts';
import type { FleetControl } from '../fleet/fleet-control.ts';
import type { UsageReading } from '../processes/process-usage.ts';
import type { SystemState } from '../processes/system-state.ts';
import type { ReplayControl, ReplayStatus } from './replay-control.ts';
import type { ClockOffsets, WallClock } from './wall-clock.ts';

/** The facts about a source that are known before its first record. The trace header contains them. */
export type SourceInfo = WallClock & {
  /** Host name of the guest. */
  host: string;
  bootId: string;
  /** The PID namespace of the proc root, `pid:[4026531836]`; `unknown` if it could not be read. */
  pidNamespace: string;
  /** Boot clock minus monotonic clock, ns: the time for which the guest was suspended. */
  bootOffsetNs: bigint;
  /** The largest PID plus one; undefined if it could not be read, as for another PID namespace. */
  pidMax: number | undefined;
  /** Whether the records have control groups. Without them, filters on `cgroup` are rejected. */
  cgroups?: boolean;
  /** Path of the trace, if the source is not live. */
  trace?: string;
};

/** The fields that distinguish guests, and a trace from live capture. */
export type GuestIdentity = Pick<SourceInfo, 'host' | 'bootId' | 'trace'>;

/**
 * Returns a function from the UIDs of a guest to user names, or to digits if a UID has no name. Returns undefined if
 * users are shown as numbers.
 */
export type UserNameResolver = (guest: GuestIdentity) => ((uid: number) => string) | undefined;

/** The details of one process that are read on demand. */
export type ProcessDetails = {
  /** Empty for kernel threads; undefined if this user may not read them. */
  args: readonly string[] | undefined;
  argsTruncated: boolean;
  /** NUL bytes after the arguments: empty arguments, or the rest of arguments that were overwritten. */
  argsNuls?: number;
  cgroup: string | undefined;
  /** Why the arguments could not be read; absent if they were. */
  unread?: string;
};

/** The state of the sampler. */
export type SourceStatus = {
  mode: CaptureMode;
  /** Why this mode was chosen, in a few words. */
  modeReason: string;
  /** Target interval between two samples, ns. */
  intervalNs: bigint;
  /** Mean of the actual intervals in the last second, ns. */
  meanIntervalNs: bigint;
  /** Longest actual interval in the last second, ns. */
  maxIntervalNs: bigint;
  /** Lifetime from which a process is observed with 99% probability, by the intervals of the last second, ns. */
  shortestLifetimeNs: bigint | undefined;
  /** CPU usage of the sampler over the last second; 1 is one core. */
  cpuUsage: number;
  /** The same over the last minute, weighted like a load average. The time before the start counts as unused. */
  meanCpuUsage: number;
  /**
   * Limit of `meanCpuUsage`. It is exceeded only if the interval is fixed, or if the machine is so busy that even the longest
   * interval takes more.
   */
  cpuLimit: number;
  /** Whether the sampling interval is longer than usual because of the CPU limit. */
  throttled: boolean;
  /**
   * PIDs allocated since the start. It always equals processesSeen + threadsSeen + missedTasks + pendingPids.
   * These counts are undefined, never 0, if the PID counter cannot be used.
   */
  allocatedPids: number | undefined;
  /** Processes that spawned since the start and were observed. */
  processesSeen: number;
  /** Threads among the allocated PIDs. */
  threadsSeen: number | undefined;
  /** Upper bound of the tasks that spawned and exited without being observed. */
  missedTasks: number | undefined;
  /** Allocated PIDs that are not resolved yet, because the kernel allocates a PID shortly before its task is visible. */
  pendingPids: number | undefined;
  /** Listed processes that this user may not read. */
  hiddenProcesses: number;
  /** Whether only processes of this user are listed (hidepid=2), so that all others count as missed. */
  ownProcessesOnly: boolean;
  /** Error message of the last sample; undefined if it succeeded. */
  lastError: string | undefined;
  /** Kernel events lost because their queue was full; absent without kernel events. They are reported as a `trace.gap`. */
  lostEvents?: number;
  /** Number of times sampling was paused involuntarily. Each is reported as a `trace.gap`. */
  stalls: number;
  /** Records dropped because the receiver was too slow. They are reported as a `trace.gap`. */
  droppedRecords: number;
  /** How long after its time the newest event was delivered, ns; absent below two seconds, and without live capture. */
  eventDelayNs?: bigint;
  /** Load average of the last minute; absent if it is unknown. */
  load?: number;
  /** Alerts that are not raised because too many are active; absent if there are no alert rules. */
  suppressedAlerts?: number;
};

export type SourceListener = {
  onBatch(batch: Batch): void;
  onStatus(status: SourceStatus): void;
  /** The source failed; it makes no more calls. */
  onError(error: Error): void;
  /** The source reached its end. Live capture has none. */
  onEnd?(): void;
  /** Replaces everything received so far, after a seek or at another guest. The listener owns the state from now on. */
  onSystemState?(state: SystemState, info: SourceInfo): void;
  onReplayStatus?(status: ReplayStatus): void;
  /** The clocks of the guest have changed: the wall clock was set, or the machine was suspended. */
  onClock?(offsets: ClockOffsets): void;
  /** The figures or the states of guests have changed, see `EventSource.fleet`. */
  onFleet?(): void;
  /** A message to the user. */
  onNotice?(text: string): void;
};

/** A source of churn records: live capture, a replay, or a stream. */
export type EventSource = {
  /** The facts about the guest. A live source replaces them when the clocks change. */
  readonly info: SourceInfo;
  /** Starts the source. Each start begins with discovery. */
  start(listener: SourceListener): void;
  /** Stops the source. Resolves when the listener gets no more calls, also if it is called again. */
  stop(): Promise<void>;
  /** Reads state, CPU time and memory of live processes, by PID. Absent in a replay. Never throws. */
  readUsage?(pids: readonly number[]): ReadonlyMap<number, UsageReading>;
  /** Adds a note of the operator, dated now. Absent if the source is a trace. */
  addNote?(text: string): void;
  /**
   * Reads the details of a live process; undefined if it exited or is hidden. Never throws. A promise is resolved
   * within about a second, even if the read never returns.
   */
  readDetails?(process: ProcessId): ProcessDetails | undefined | Promise<ProcessDetails | undefined>;
  /** Present only in a replay. */
  readonly replay?: ReplayControl;
  /** Present only in a source of several guests. */
  readonly fleet?: FleetControl;
};

/** Returns the minimum share of spawned processes that were observed, 0 to 1; undefined if it is unknown. */
export const coverageOf = ({ processesSeen, missedTasks }: SourceStatus): number | undefined =>
  missedTasks === undefined || processesSeen + missedTasks === 0
    ? undefined
    : processesSeen / (processesSeen + missedTasks);
