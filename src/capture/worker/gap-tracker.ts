import type { GapRecord } from '../../domain/events/event.ts';
import { toNs } from '../core/sampler.ts';

/** At most one record of each kind per second, so that a storm does not fill the trace with gaps. */
const minRecordIntervalMs = 1000;
/** A stall is longer than a few ticks of the kernel (4 ms each), and than a few sampling intervals. */
const minStallMs = 50;
const minStallIntervals = 5;

/** What was lost since the start, as far as it is counted. */
type GapCounts = {
  /** Tasks; undefined where they are not counted. */
  missedTasks: number | undefined;
  /** Kernel events. */
  lostEvents?: number | undefined;
  /** Whether the capture ends, so that everything remaining is due. */
  last?: boolean;
};

/** Tracks stalls, missed tasks and lost kernel events, and creates `trace.gap` records for them. */
export class GapTracker {
  readonly #nowNs: () => bigint;
  /** The number of missed tasks that was reported, and when. */
  #reportedTasks = 0;
  #reportedMs = Number.NEGATIVE_INFINITY;
  /** When the number of missed tasks was last equal to the reported one. */
  #balancedMs = 0;
  /** The number of lost kernel events that was reported, and when that number was last correct. */
  #reportedEvents = 0;
  #eventsBalancedMs = 0;
  #eventsReportedMs = Number.NEGATIVE_INFINITY;
  #stall: { fromNs: bigint; toNs: bigint } | undefined;
  #stallReportedMs = Number.NEGATIVE_INFINITY;
  #stalls = 0;

  constructor(nowNs: () => bigint) {
    this.#nowNs = nowNs;
  }

  /** Number of stalls since the start. */
  get stalls(): number {
    return this.#stalls;
  }

  /** Sets the moment before which nothing was missed. */
  start(nowMs: number): void {
    this.#balancedMs = nowMs;
    this.#eventsBalancedMs = nowMs;
  }

  /** Counts the time since the last sample as a stall when it is much longer than the interval. */
  recordInterval(nowMs: number, elapsedMs: number, intervalMs: number): void {
    if (elapsedMs < Math.max(minStallMs, intervalMs * minStallIntervals)) return;
    this.#stalls++;
    const nowNs = this.#nowNs();
    this.#stall = { fromNs: this.#stall?.fromNs ?? nowNs - toNs(elapsedMs), toNs: nowNs };
    if (this.#stallReportedMs === Number.NEGATIVE_INFINITY)
      this.#stallReportedMs = nowMs - minRecordIntervalMs;
  }

  /** Returns the gap records that are due. */
  take(nowMs: number, { missedTasks, lostEvents = 0, last = false }: GapCounts): GapRecord[] {
    const records: GapRecord[] = [];
    const lost = this.#takeLostEvents(nowMs, lostEvents, last);
    if (lost) records.push(lost);
    if (this.#stall && (last || nowMs - this.#stallReportedMs >= minRecordIntervalMs)) {
      const { fromNs: from_monotonic_ns, toNs: to_monotonic_ns } = this.#stall;
      records.push({ probe_source: 'trace.gap', reason: 'stalled', from_monotonic_ns, to_monotonic_ns });
      this.#stall = undefined;
      this.#stallReportedMs = nowMs;
    }
    if (missedTasks === undefined) return records;
    // The count falls when a walk finds a process that was counted as missed. Wait until it has risen again.
    const due = last || nowMs - this.#reportedMs >= minRecordIntervalMs;
    if (missedTasks > this.#reportedTasks && due) {
      const nowNs = this.#nowNs();
      records.push({
        probe_source: 'trace.gap',
        reason: 'unseen',
        tasks: missedTasks - this.#reportedTasks,
        from_monotonic_ns: nowNs - toNs(nowMs - this.#balancedMs),
        to_monotonic_ns: nowNs,
      });
      this.#reportedTasks = missedTasks;
      this.#reportedMs = nowMs;
    }
    if (missedTasks <= this.#reportedTasks) this.#balancedMs = nowMs;
    return records;
  }

  #takeLostEvents(nowMs: number, lostEvents: number, last: boolean): GapRecord | undefined {
    if (lostEvents <= this.#reportedEvents) {
      this.#eventsBalancedMs = nowMs;
      return undefined;
    }
    if (!last && nowMs - this.#eventsReportedMs < minRecordIntervalMs) return undefined;
    const nowNs = this.#nowNs();
    const events = lostEvents - this.#reportedEvents;
    const from_monotonic_ns = nowNs - toNs(nowMs - this.#eventsBalancedMs);
    this.#reportedEvents = lostEvents;
    this.#eventsReportedMs = nowMs;
    this.#eventsBalancedMs = nowMs;
    return { probe_source: 'trace.gap', reason: 'queue', events, from_monotonic_ns, to_monotonic_ns: nowNs };
  }
}
