import { AlertEvaluator } from '../../domain/alerts/evaluator.ts';
import type { AlertRule } from '../../domain/alerts/rule.ts';
import type { Batch, ChurnRecord, GapRecord } from '../../domain/events/event.ts';
import { createSpawnDrops } from '../../domain/processes/spawn-drops.ts';

/** A screen draws ten frames a second; two batches a frame are soon enough. */
const batchIntervalMs = 50;
/** When nothing happens, a batch without records says that the source is alive. */
const heartbeatMs = 1000;
/** Batches on their way that the receiver has not taken yet. */
const maxInFlightBatches = 4;
/** A record costs half a microsecond to post, and the sampler does nothing else meanwhile. */
const maxBatchRecords = 4096;
/** Records held back for a receiver that does not keep up: some 20 MB. */
const defaultMaxQueued = 65_536;

export type OutboxOptions = {
  post: (batch: Batch) => void;
  /** How many batches the receiver has taken. */
  ackedBatches: () => number;
  nowNs: () => bigint;
  /** How many records are held back for a receiver that does not keep up. */
  maxQueued?: number;
};

export type Outbox = ReturnType<typeof openOutbox>;

/**
 * Records on their way to the main thread, in batches. It never waits: if the main thread is held up (a stalled
 * terminal), a bounded number of records is kept, what is beyond is dropped, counted, and told as a gap.
 */
export const openOutbox = ({
  post,
  ackedBatches,
  nowNs: now,
  maxQueued = defaultMaxQueued,
}: OutboxOptions) => {
  let held: ChurnRecord[] = [];
  let posted = 0;
  let postedMs = Number.NEGATIVE_INFINITY;
  let lost = 0;
  let lostFrom = 0n;
  let dropped = 0;
  const untold = createSpawnDrops();
  const inFlight = () => posted - ackedBatches();

  const send = (nowMs: number, limit: number) => {
    const nowNs = now();
    let records = held;
    if (held.length > limit) {
      records = held.slice(0, limit);
      held = held.slice(limit);
    } else {
      if (lost > 0) records.push(gap(nowNs));
      if (untold.size > 0) records = records.concat(untold.takeLateSpawns(nowNs));
      held = [];
    }
    posted++;
    postedMs = nowMs;
    post({ nowNs, records });
  };

  const gap = (nowNs: bigint): GapRecord => {
    const events = lost;
    lost = 0;
    return {
      probe_source: 'trace.gap',
      reason: 'dropped',
      events,
      from_monotonic_ns: lostFrom,
      to_monotonic_ns: nowNs,
    };
  };

  return {
    /** Records that could not be held, ever. */
    dropped() {
      return dropped;
    },
    held() {
      return held.length;
    },
    put(record: ChurnRecord): void {
      const verdict = untold.admit(record, held.length >= maxQueued);
      if (verdict === 'tell') {
        held.push(record);
        return;
      }
      if (lost === 0) lostFrom = now();
      lost += verdict;
      dropped += verdict;
    },
    /** Post what is due. The first record after a rest goes at once. */
    flush(nowMs: number): void {
      const due = held.length > 0 ? nowMs - postedMs >= batchIntervalMs : nowMs - postedMs >= heartbeatMs;
      if (due && inFlight() < maxInFlightBatches) send(nowMs, maxBatchRecords);
    },
    /** The end: everything that is left, whoever listens. */
    close(nowMs: number): void {
      if (held.length > 0 || lost > 0) send(nowMs, Number.POSITIVE_INFINITY);
    },
  };
};

/**
 * An outbox that puts alerts among the records that pass: on the sampling thread, so whoever listens gets them in
 * their place, and a screen that stands still misses none.
 */
export const withAlerts = (outbox: Outbox, rules: readonly AlertRule[], now: () => bigint) => {
  if (rules.length === 0) return { outbox, heldBack: () => undefined };
  const watch = new AlertEvaluator(rules);
  const watched: Outbox = {
    dropped() {
      return outbox.dropped();
    },
    held() {
      return outbox.held();
    },
    put(record) {
      watch.apply(record);
      outbox.put(record);
    },
    flush(nowMs) {
      for (const alert of watch.evaluate(now())) outbox.put(alert);
      outbox.flush(nowMs);
    },
    close: (nowMs) => outbox.close(nowMs),
  };
  return { outbox: watched, heldBack: () => watch.suppressed };
};
