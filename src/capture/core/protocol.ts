import type { AlertRule } from '../../domain/alerts/rule.ts';
import type { Batch } from '../../domain/events/event.ts';
import type { SourceInfo, SourceStatus } from '../../domain/source/event-source.ts';

/** What the sampling thread is started with: plain values, they cross a thread boundary. */
export type SamplerOptions = {
  /** The proc root. */
  root: string;
  /** A fixed time between looks, ns; undefined lets the pace adapt. */
  intervalNs: bigint | undefined;
  /** Shares of one core the sampler may use, while the guest is quiet and while it churns. */
  cpuLimit: number;
  cpuLimitBusy: number;
  /** Tell children of this very process as well. */
  ownChildren: boolean;
  /** Tell with which arguments programs were called. */
  recordArgs: boolean;
  /** Tell the control groups of processes. */
  recordCgroups: boolean;
  /** What is told of as alerts. */
  alerts: readonly AlertRule[];
  info: SourceInfo;
  /** Where the cursor was before the thread was started. */
  cursorBeforeStart: number | undefined;
};

/** The words both threads share: the main thread stops the sampler, says how many batches it has taken, gives orders. */
export const stopIndex = 0;
export const ackedIndex = 1;
export const controlIndex = 2;
export const createSharedCounters = () => new Int32Array(new SharedArrayBuffer(12));

/** What the sampling thread posts. Errors cross as their facts; an Error instance would lose its class. */
export type SamplerMessage =
  | { type: 'batch'; batch: Batch }
  | { type: 'status'; status: SourceStatus }
  /** To a second listener only: it was the last word. */
  | { type: 'detached' }
  | { type: 'failed'; message: string; path: string | undefined; code: string | undefined };
