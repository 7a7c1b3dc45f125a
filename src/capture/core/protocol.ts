import type { AlertRule } from '../../domain/alerts/rule.ts';
import type { Batch } from '../../domain/events/event.ts';
import type { EnrichedKeys } from '../../domain/events/recorded-fields.ts';
import type { SourceInfo, SourceStatus } from '../../domain/source/event-source.ts';
import type { ClockOffsets } from '../../domain/source/wall-clock.ts';
import type { SourceName } from './source.ts';

/** The options of the sampling thread. Plain values only, because they are copied between threads. */
export type SamplerOptions = {
  /** The proc root. */
  root: string;
  source: SourceName;
  /** A fixed sampling interval, ns. Undefined: adaptive. */
  intervalNs: bigint | undefined;
  /** CPU limit while the guest is quiet, as a share of one core; 0.05 is 5 %. */
  cpuLimit: number;
  /** CPU limit while processes spawn and exit, as a share of one core. */
  cpuLimitBusy: number;
  /** Whether to report the children of this program. */
  ownChildren: boolean;
  /** The fields that spawn and exec records have. */
  read: EnrichedKeys;
  /** The fields among these that a subscriber receives, because it writes them. */
  recorded: EnrichedKeys;
  /** Alert rules to evaluate on the sampling thread. */
  alerts: readonly AlertRule[];
  info: SourceInfo;
  /** The last allocated PID before the sampling thread was started; undefined where it cannot be read. */
  counterBeforeStart: number | undefined;
  /** The URL of a module of this program. Packages are looked up from its folder, because a worker has no URL. */
  moduleUrl: string;
};

/** Index of the shared counter that stops the sampler: the main thread sets it to 1. */
export const stopIndex = 0;
/** Index of the shared counter of batches that the main thread has received. */
export const ackedIndex = 1;
/** Index of the shared counter of control messages that the main thread has posted. */
export const controlIndex = 2;
/** Creates the counters that the main thread and the sampling thread share, all 0. */
export const createSharedCounters = () => new Int32Array(new SharedArrayBuffer(12));

/** A message from the sampling thread. Errors are sent as plain fields, because an Error loses its class. */
export type SamplerMessage =
  | { type: 'batch'; batch: Batch }
  | { type: 'status'; status: SourceStatus }
  /** The clocks of the guest have changed. */
  | { type: 'clock'; offsets: ClockOffsets }
  /** A reader thread is blocked, so another one is needed. */
  | { type: 'readerBlocked' }
  /** The last message to a subscriber. */
  | { type: 'detached' }
  | { type: 'failed'; name: string; message: string; path: string | undefined; code: string | undefined };
