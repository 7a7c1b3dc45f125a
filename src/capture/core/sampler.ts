import type { ChurnRecord } from '../../domain/events/event.ts';
import type { CaptureMode } from '../../domain/events/record.ts';

/** What a look came upon. */
export type SampleResult =
  /** Nothing was born since the last one. */
  | 'quiet'
  /** The cursor moved, or a walk found a change. */
  | 'moved'
  /** There is more to look at than one look may take: do not sleep. */
  | 'behind';

/** What a sampler knows of its own work. */
export type SamplerCounters = {
  allocatedPids: number | undefined;
  processesSeen: number;
  threadsSeen: number | undefined;
  missedTasks: number | undefined;
  pendingPids: number | undefined;
  alive: number;
  hiddenProcesses: number;
  ownProcessesOnly: boolean;
  lastError: string | undefined;
};

/**
 * Looks when told to, and keeps what it saw until it is taken. What takes part in a look has methods and no getters: V8
 * keeps an object literal with a getter as a dictionary, through which every call goes, and compiles nothing of it away.
 */
export type Sampler = {
  readonly mode: CaptureMode;
  readonly why: string;
  /** @param nowMs the pacing clock. @throws ProcError on what no later look can mend. */
  sample(nowMs: number): SampleResult;
  take(): readonly ChurnRecord[];
  counters(): SamplerCounters;
  /** What the last look cost where looking is walking, ms. */
  readonly walkCostMs: number | undefined;
  close(): void;
};

/** One clock in two units: the sampler paces itself in doubles and dates what it saw exactly. */
export type SamplerClock = {
  /** CLOCK_MONOTONIC, ns, for what leaves the engine. */
  now(): bigint;
  /** Milliseconds with fractions since any fixed moment: costs nothing on the quiet path. */
  ms(): number;
};

const nsPerMs = 1e6;

/** A span of the pacing clock as whole nanoseconds, never cut short: an uncertainty may be wide but not too narrow. */
export const toNs = (ms: number): bigint => BigInt(Math.max(0, Math.ceil(ms * nsPerMs)));
export const toMs = (ns: bigint): number => Number(ns) / nsPerMs;
