import { RingBuffer } from '../../util/ring-buffer.ts';
import type { GapReason, GapRecord } from '../events/event.ts';

/** What was missed for one reason. */
export type GapTotals = { gaps: number; tasks: number; events: number; totalNs: bigint; longestNs: bigint };

const maxRecentGaps = 32;

/** Gaps in the seeing, by reason, and the last few themselves. */
export class GapSummary {
  readonly byReason = new Map<GapReason, GapTotals>();
  readonly recent = new RingBuffer<GapRecord>(maxRecentGaps);

  /** Tasks (threads among them) that were born and gone unseen. */
  get missedTasks(): number {
    let tasks = 0;
    for (const loss of this.byReason.values()) tasks += loss.tasks;
    return tasks;
  }

  /** Records that were seen and then lost. */
  get lostEvents(): number {
    let events = 0;
    for (const loss of this.byReason.values()) events += loss.events;
    return events;
  }

  add(gap: GapRecord): void {
    const loss = this.byReason.get(gap.reason) ?? {
      gaps: 0,
      tasks: 0,
      events: 0,
      totalNs: 0n,
      longestNs: 0n,
    };
    const ns = gap.to_monotonic_ns - gap.from_monotonic_ns;
    loss.gaps++;
    loss.tasks += gap.tasks ?? 0;
    loss.events += gap.events ?? 0;
    if (ns > 0n) loss.totalNs += ns;
    if (ns > loss.longestNs) loss.longestNs = ns;
    this.byReason.set(gap.reason, loss);
    this.recent.push(gap);
  }
}
