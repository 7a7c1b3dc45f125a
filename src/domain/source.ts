import type { ChurnRecord } from './event.ts';

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
};

/** How births are found: by the PID cursor, or by comparing whole directory listings. */
export type CaptureMode = 'cursor' | 'walk';

/** How the looking goes, as of now. */
export type SourceStatus = {
  mode: CaptureMode;
  /** Why this mode, in a few words. */
  why: string;
  /** Time between two looks, ns. */
  intervalNs: bigint;
  /** The sampler's own use of one core, 0 to 1. */
  cpu: number;
  /** PIDs handed out since the start; undefined where the cursor cannot be trusted. */
  allocated: number | undefined;
  /** Processes and threads among them that were seen, and those that were gone before they could be. */
  processesSeen: number;
  threadsSeen: number | undefined;
  unseen: number | undefined;
  /** Listed processes that this user may not read. */
  hidden: number;
  /** The last sweep that failed, in the error's own words; undefined while all is well. */
  trouble: string | undefined;
};

/** One delivery: what was seen up to `nowNs`, in order. */
export type Batch = { nowNs: bigint; records: readonly ChurnRecord[] };

export type SourceListener = {
  onBatch(batch: Batch): void;
  onStatus(status: SourceStatus): void;
  /** The source cannot go on; nothing follows. */
  onError(error: Error): void;
  /** An orderly end (a file read to its end); a live source has none. */
  onEnd?(): void;
};

/** Live capture, a replayed file, a stream: where events come from is nobody else's concern. */
export type EventSource = {
  readonly info: SourceInfo;
  start(listener: SourceListener): void;
  stop(): Promise<void>;
  /** Kernel state letters of living processes, read now; absent where nobody can be asked (a replay). */
  states?(pids: readonly number[]): ReadonlyMap<number, string>;
};
