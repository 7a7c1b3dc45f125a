import type { Batch, ChurnRecord, GapRecord } from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import { SpawnDrops } from '../../domain/processes/spawn-drops.ts';

/** The screen draws ten frames per second, and two batches per frame are enough. */
const batchIntervalMs = 50;
/** While nothing happens, an empty batch shows that the source is alive. */
const heartbeatMs = 1000;
/** Maximum number of batches that were posted and not acknowledged. */
const maxInFlightBatches = 4;
/** Posting a record takes 0.5 µs, during which the thread cannot sample. */
const maxBatchRecords = 4096;
/** Maximum number of records queued for a slow receiver, about 20 MB. */
const defaultMaxQueued = 65_536;

/** A receiver of the records of the sampling thread. */
export type Outbox = {
  /** Records dropped since the start. */
  readonly dropped: number;
  /** Records waiting to be posted. */
  readonly queued: number;
  put(record: ChurnRecord): void;
  /** Posts a batch when one is due. */
  flush(nowMs: number): void;
  /** Posts all remaining records. */
  close(nowMs: number): void;
};

export type BatchOutboxOptions = {
  post: (batch: Batch) => void;
  /** Returns how many batches the receiver has acknowledged. */
  ackedBatches: () => number;
  nowNs: () => bigint;
  /** Records to queue for a slow receiver. Default: 65,536. */
  maxQueued?: number;
};

/**
 * Sends records to a receiver in batches, without blocking the sampler. If the receiver stalls, up to `maxQueued`
 * records are queued. Further ones are dropped and reported as a `trace.gap`.
 */
export class BatchOutbox implements Outbox {
  readonly #post: (batch: Batch) => void;
  readonly #ackedBatches: () => number;
  readonly #nowNs: () => bigint;
  readonly #maxQueued: number;
  readonly #spawnDrops = new SpawnDrops();
  #queue: ChurnRecord[] = [];
  #posted = 0;
  #postedMs = Number.NEGATIVE_INFINITY;
  #dropped = 0;
  /** Records dropped since the last gap record, and since when. */
  #gapRecords = 0;
  #gapFromNs = 0n;

  constructor({ post, ackedBatches, nowNs, maxQueued = defaultMaxQueued }: BatchOutboxOptions) {
    this.#post = post;
    this.#ackedBatches = ackedBatches;
    this.#nowNs = nowNs;
    this.#maxQueued = maxQueued;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get queued(): number {
    return this.#queue.length;
  }

  put(record: ChurnRecord): void {
    const admitted = this.#spawnDrops.admit(record, this.#queue.length >= this.#maxQueued);
    if (admitted === 'emit') {
      if (record.probe_source === 'trace.gap') this.#queue.splice(this.#placeOf(record), 0, record);
      else this.#queue.push(record);
      return;
    }
    if (this.#gapRecords === 0) this.#gapFromNs = this.#nowNs();
    this.#gapRecords += admitted;
    this.#dropped += admitted;
  }

  flush(nowMs: number): void {
    const sinceMs = nowMs - this.#postedMs;
    const due = sinceMs >= (this.#queue.length > 0 ? batchIntervalMs : heartbeatMs);
    if (due && this.#posted - this.#ackedBatches() < maxInFlightBatches) this.#send(nowMs, maxBatchRecords);
  }

  close(nowMs: number): void {
    if (this.#queue.length > 0 || this.#gapRecords > 0) this.#send(nowMs, Number.POSITIVE_INFINITY);
  }

  #send(nowMs: number, maxRecords: number): void {
    const nowNs = this.#nowNs();
    let records = this.#queue;
    if (records.length > maxRecords) {
      this.#queue = records.slice(maxRecords);
      records = records.slice(0, maxRecords);
    } else {
      if (this.#gapRecords > 0) records.push(this.#takeGap(nowNs));
      if (this.#spawnDrops.size > 0) records = records.concat(this.#spawnDrops.takeLateSpawns(nowNs));
      this.#queue = [];
    }
    this.#posted++;
    this.#postedMs = nowMs;
    this.#post({ nowNs, records });
  }

  /** Returns the place of a gap in the queue. It ends before the sample in which it is found. */
  #placeOf(gap: GapRecord): number {
    const isEarlier = (record: ChurnRecord) => recordTimeNs(record) <= gap.to_monotonic_ns;
    return this.#queue.findLastIndex(isEarlier) + 1;
  }

  #takeGap(nowNs: bigint): GapRecord {
    const events = this.#gapRecords;
    this.#gapRecords = 0;
    return {
      probe_source: 'trace.gap',
      reason: 'dropped',
      events,
      from_monotonic_ns: this.#gapFromNs,
      to_monotonic_ns: nowNs,
    };
  }
}
