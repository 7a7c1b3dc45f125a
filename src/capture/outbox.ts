import type { ChurnRecord } from '../domain/event.ts';
import type { Batch } from '../domain/source.ts';

/** A screen draws ten frames a second; two batches a frame are soon enough. */
const spacingMs = 50;
/** When nothing happens, a batch without records says that the source is alive. */
const heartbeatMs = 1000;
/** Batches on their way that the receiver has not taken yet. */
const maxInFlight = 4;
/** Records held back for a receiver that does not keep up: some 20 MB. */
const maxHeld = 65_536;

export type OutboxOptions = {
  post: (batch: Batch) => void;
  /** How many batches the receiver has taken. */
  acknowledged: () => number;
  now: () => bigint;
};

export type Outbox = ReturnType<typeof openOutbox>;

/**
 * Records on their way to the main thread, in batches. It never waits: if the main thread is held up (a stalled
 * terminal), a bounded number of records is kept, what is beyond is dropped, counted, and told as a gap.
 */
export const openOutbox = ({ post, acknowledged, now }: OutboxOptions) => {
  let held: ChurnRecord[] = [];
  let posted = 0;
  let postedMs = Number.NEGATIVE_INFINITY;
  let droppedNow = 0;
  let dropped = 0;
  let droppedFrom = 0n;
  const inFlight = () => posted - acknowledged();

  const send = (nowMs: number) => {
    const nowNs = now();
    if (droppedNow > 0) {
      held.push({
        probe_source: 'trace.gap',
        reason: 'dropped',
        events: droppedNow,
        from_monotonic_ns: droppedFrom,
        to_monotonic_ns: nowNs,
      });
      droppedNow = 0;
    }
    const records = held;
    held = [];
    posted++;
    postedMs = nowMs;
    post({ nowNs, records });
  };

  return {
    /** Records that could not be held, ever. */
    get dropped() {
      return dropped;
    },
    get held() {
      return held.length;
    },
    /** Whether a record would be kept. */
    hasRoom: () => held.length < maxHeld,
    put(record: ChurnRecord): void {
      if (held.length < maxHeld) {
        held.push(record);
        return;
      }
      if (droppedNow === 0) droppedFrom = now();
      droppedNow++;
      dropped++;
    },
    /** Post what is due. The first record after a rest goes at once. */
    flush(nowMs: number): void {
      const due = held.length > 0 ? nowMs - postedMs >= spacingMs : nowMs - postedMs >= heartbeatMs;
      if (due && inFlight() < maxInFlight) send(nowMs);
    },
    /** The end: everything that is left, whoever listens. */
    close(nowMs: number): void {
      if (held.length > 0 || droppedNow > 0) send(nowMs);
    },
  };
};
