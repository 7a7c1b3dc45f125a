import type { GapRecord } from '../../domain/events/event.ts';
import { toNs } from '../core/sampler.ts';

/** At most one record of each kind per second, so that a storm does not fill the trace with gaps. */
const minRecordIntervalMs = 1000;
/** A stall is longer than a few ticks of the kernel (4 ms each), and than a few sampling intervals. */
const minStallMs = 50;
const minStallIntervals = 5;

/** Tracks stalls and missed tasks, and creates `trace.gap` records for them. */
export class GapTracker {
  readonly #nowNs: () => bigint;
  /** The number of missed tasks that was reported, and when. */
  #reportedTasks = 0;
  #reportedMs = Number.NEGATIVE_INFINITY;
  /** When the number of missed tasks was last equal to the reported one. */
  #balancedMs = 0;
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

  /** Sets the moment before which no task was missed. */
  start(nowMs: number): void {
    this.#balancedMs = nowMs;
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

  /**
   * Returns the gap records that are due.
   * @param missedTasks all tasks missed since the start; undefined where they are not counted.
   * @param last whether the capture ends, so that everything remaining is due.
   */
  take(nowMs: number, missedTasks: number | undefined, last = false): GapRecord[] {
    const records: GapRecord[] = [];
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
}
