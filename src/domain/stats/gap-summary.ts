import { RingBuffer } from '../../util/ring-buffer.ts';
import type { GapReason, GapRecord } from '../events/event.ts';

/** The gaps of one reason: their number, missed tasks, lost events, and durations. */
export type GapTotals = { gaps: number; tasks: number; events: number; totalNs: bigint; longestNs: bigint };

const maxRecentGaps = 32;

/** Sums gaps by reason, and keeps the most recent ones. */
export class GapSummary {
  readonly byReason = new Map<GapReason, GapTotals>();
  readonly recent = new RingBuffer<GapRecord>(maxRecentGaps);

  /** Number of missed tasks (processes and threads). */
  get missedTasks(): number {
    let tasks = 0;
    for (const totals of this.byReason.values()) tasks += totals.tasks;
    return tasks;
  }

  /** Number of records that were dropped, and of kernel events that were lost. */
  get lostEvents(): number {
    let events = 0;
    for (const totals of this.byReason.values()) events += totals.events;
    return events;
  }

  add(gap: GapRecord): void {
    const totals = this.byReason.get(gap.reason) ?? {
      gaps: 0,
      tasks: 0,
      events: 0,
      totalNs: 0n,
      longestNs: 0n,
    };
    const durationNs = gap.to_monotonic_ns - gap.from_monotonic_ns;
    totals.gaps++;
    totals.tasks += gap.tasks ?? 0;
    totals.events += gap.events ?? 0;
    if (durationNs > 0n) totals.totalNs += durationNs;
    if (durationNs > totals.longestNs) totals.longestNs = durationNs;
    this.byReason.set(gap.reason, totals);
    this.recent.push(gap);
  }
}
