import type { GapRecord } from '../../domain/events/event.ts';

/** Lost records that the link has reported, and the numbers of the next batch show again. */
export class ReportedLoss {
  #events = 0;

  add(events: number): void {
    this.#events += events;
  }

  clear(): void {
    this.#events = 0;
  }

  /** Returns a gap for missing numbers without the reported records; undefined if none is left. */
  unreportedPart(gap: GapRecord): GapRecord | undefined {
    const { events = 0 } = gap;
    const reported = Math.min(this.#events, events);
    this.#events -= reported;
    if (reported === 0) return gap;
    return events > reported ? { ...gap, events: events - reported } : undefined;
  }
}
