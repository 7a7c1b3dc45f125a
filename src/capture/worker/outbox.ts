import { AlertWatch } from '../../domain/alerts/evaluator.ts';
import type { Rule } from '../../domain/alerts/rule.ts';
import type { Batch, ChurnRecord, GapRecord } from '../../domain/events/event.ts';
import { createUntold } from '../../domain/processes/spawn-drops.ts';

/** A screen draws ten frames a second; two batches a frame are soon enough. */
const spacingMs = 50;
/** When nothing happens, a batch without records says that the source is alive. */
const heartbeatMs = 1000;
/** Batches on their way that the receiver has not taken yet. */
const maxInFlight = 4;
/** A record costs half a microsecond to post, and the sampler does nothing else meanwhile. */
const mostInBatch = 4096;
/** Records held back for a receiver that does not keep up: some 20 MB. */
const mostHeldByDefault = 65_536;

export type OutboxOptions = {
  post: (batch: Batch) => void;
  /** How many batches the receiver has taken. */
  acknowledged: () => number;
  now: () => bigint;
  /** How many records are held back for a receiver that does not keep up. */
  mostHeld?: number;
};

export type Outbox = ReturnType<typeof openOutbox>;

/**
 * Records on their way to the main thread, in batches. It never waits: if the main thread is held up (a stalled
 * terminal), a bounded number of records is kept, what is beyond is dropped, counted, and told as a gap.
 */
export const openOutbox = ({ post, acknowledged, now, mostHeld = mostHeldByDefault }: OutboxOptions) => {
  let held: ChurnRecord[] = [];
  let posted = 0;
  let postedMs = Number.NEGATIVE_INFINITY;
  let lost = 0;
  let lostFrom = 0n;
  let dropped = 0;
  const untold = createUntold();
  const inFlight = () => posted - acknowledged();

  const send = (nowMs: number, limit: number) => {
    const nowNs = now();
    let records = held;
    if (held.length > limit) {
      records = held.slice(0, limit);
      held = held.slice(limit);
    } else {
      if (lost > 0) records.push(gap(nowNs));
      if (untold.size > 0) records = records.concat(untold.tell(nowNs));
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
      const verdict = untold.judge(record, held.length >= mostHeld);
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
      const due = held.length > 0 ? nowMs - postedMs >= spacingMs : nowMs - postedMs >= heartbeatMs;
      if (due && inFlight() < maxInFlight) send(nowMs, mostInBatch);
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
export const alerting = (outbox: Outbox, rules: readonly Rule[], now: () => bigint) => {
  if (rules.length === 0) return { outbox, heldBack: () => undefined };
  const watch = new AlertWatch(rules);
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
  return { outbox: watched, heldBack: () => watch.heldBack };
};
