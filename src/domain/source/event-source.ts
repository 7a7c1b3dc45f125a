import type { Batch } from '../events/event.ts';
import type { ProcessId } from '../events/process-id.ts';
import type { CaptureMode } from '../events/record.ts';
import type { SystemState } from '../processes/system-state.ts';
import type { ReplayControl, ReplayStatus } from './replay-control.ts';

/** What is known of a source before its first record; the trace header is made of it. */
export type SourceInfo = {
  /** Host name of the guest. */
  host: string;
  bootId: string;
  /** The PID namespace as /proc names it, `pid:[4026531836]`. */
  pidNamespace: string;
  /** What the boot clock is ahead of the monotonic one (the guest's suspended time), ns. */
  bootOffsetNs: bigint;
  /** One more than the largest PID, where it can be read. */
  pidMax: number | undefined;
  /** Wall clock minus monotonic clock, ns, as of the start. */
  wallOffsetNs: bigint;
  /** Its records tell control groups; where they do not, no filter can ask for them. */
  cgroups?: boolean;
  /** The trace it is read from, where it is none of this moment. */
  trace?: string;
};

/** What tells guests apart, and a trace from what is live. */
export type GuestIdentity = Pick<SourceInfo, 'host' | 'bootId' | 'trace'>;

/** Names of a guest's users, or the number of one without a name; undefined where users are numbers. */
export type UserNameResolver = (whose: GuestIdentity) => ((uid: number) => string) | undefined;

/** What is read of one process on demand. */
export type ProcessDetails = {
  /** As the process itself shows them; empty of kernel threads, undefined where this user may not read them. */
  args: readonly string[] | undefined;
  /** There are more. */
  argsTruncated: boolean;
  cgroup: string | undefined;
};
/** How the looking goes, as of now. */
export type SourceStatus = {
  mode: CaptureMode;
  /** Why this mode, in a few words. */
  modeReason: string;
  /** Time between two looks as set, ns. */
  intervalNs: bigint;
  /** As it came out over the last second, with the guest's own delays: the mean and the longest, ns. */
  meanIntervalNs: bigint;
  maxIntervalNs: bigint;
  /** A process that lives so long is seen in 99 of 100 cases, as the looks of the last second were spaced. */
  shortestLifetimeNs: bigint | undefined;
  /** The sampler's own use of one core, 0 to 1, over the last second. */
  cpuUsage: number;
  /** What it may use just now, and whether it looks more rarely than it would because of that. */
  cpuLimit: number;
  throttled: boolean;
  /**
   * Numbers handed out since the start; undefined where the cursor cannot be trusted, and so are the others:
   * allocated = processesSeen + threadsSeen + unseen + pending, always.
   */
  allocatedPids: number | undefined;
  /** Processes born since the start that were seen. */
  processesSeen: number;
  /** Threads among the numbers. */
  threadsSeen: number | undefined;
  /** At most so many tasks were born and gone before they could be seen. Unknown is undefined, never 0. */
  missedTasks: number | undefined;
  /** Numbers still being looked for: the kernel hands them out a little before their bearer is visible. */
  pendingPids: number | undefined;
  /** Listed processes that this user may not read. */
  hiddenProcesses: number;
  /** Only this user's processes are listed (hidepid=2): what others start can only count as unseen. */
  ownProcessesOnly: boolean;
  /** The last sweep that failed, in the error's own words; undefined while all is well. */
  lastError: string | undefined;
  /** How often the sampler was held up (each is a `trace.gap`). */
  stalls: number;
  /** Records dropped because the receiver did not keep up (each time a `trace.gap`). */
  droppedRecords: number;
  /** Alerts that hold and are not told, because too many are raised; absent where no rule is watched. */
  suppressedAlerts?: number;
};
export type SourceListener = {
  onBatch(batch: Batch): void;
  onStatus(status: SourceStatus): void;
  /** The source cannot go on; nothing follows. */
  onError(error: Error): void;
  /** An orderly end (a file read to its end); a live source has none. */
  onEnd?(): void;
  /** Another moment or another guest: everything so far is replaced. The world is the listener's own from now on. */
  onSystemState?(world: SystemState, info: SourceInfo): void;
  onReplayStatus?(status: ReplayStatus): void;
  /** Something the user should know, once. */
  onNotice?(text: string): void;
};

/** Live capture, a replayed file, a stream: where events come from is nobody else's concern. */
export type EventSource = {
  readonly info: SourceInfo;
  /** After a stop it may be started again, and begins anew with discovery. */
  start(listener: SourceListener): void;
  stop(): Promise<void>;
  /** Kernel state letters of living processes, read now; absent where nobody can be asked (a replay). Never throws. */
  readStates?(pids: readonly number[]): ReadonlyMap<number, string>;
  /** Put a line of the operator's among the records, dated now; absent where nothing can be added (a trace). */
  addNote?(text: string): void;
  /** What only a living process tells, read now; undefined where it tells nothing (any more). Never throws. */
  readDetails?(process: ProcessId): ProcessDetails | undefined;
  /** Only where time can be travelled. */
  readonly replay?: ReplayControl;
};

/** At least this share of the processes born was seen, 0 to 1; undefined while nothing was born, or nobody can tell. */
export const coverageOf = ({ processesSeen, missedTasks }: SourceStatus): number | undefined =>
  missedTasks === undefined || processesSeen + missedTasks === 0
    ? undefined
    : processesSeen / (processesSeen + missedTasks);
