import type { GapRecord } from '../../domain/events/event.ts';
import { type HeaderRecord, recordTimeNs, type TraceRecord } from '../../domain/events/record.ts';

/** Who names itself is known by its name; others by where they ran. */
const isSameRecorder = (one: HeaderRecord, other: HeaderRecord): boolean =>
  one.recorder === other.recorder &&
  one.host === other.host &&
  one.boot_id === other.boot_id &&
  one.pid_ns === other.pid_ns;

/** What the number of a record says about those before it. */
export type SequenceCheck = {
  /** Records that were numbered and are not there, as a gap; undefined when none is missing. */
  gap: GapRecord | undefined;
  /** The number is lower than one before. */
  backwards: boolean;
};

/** All that a `Sequence` knows. */
export type SequenceState = {
  next: number | undefined;
  lastNs: bigint | undefined;
  header: HeaderRecord | undefined;
};

/** Follows the numbers of one recorder, also over its rotated parts. */
export class SequenceTracker {
  #next: number | undefined;
  #lastNs: bigint | undefined;
  #header: HeaderRecord | undefined;

  get header(): HeaderRecord | undefined {
    return this.#header;
  }

  get state(): SequenceState {
    return { next: this.#next, lastNs: this.#lastNs, header: this.#header };
  }

  resume({ next, lastNs, header }: SequenceState): void {
    this.#next = next;
    this.#lastNs = lastNs;
    this.#header = header;
  }

  /**
   * A header: another recorder's, or that of the next part of the one before. True if what was alive before must be
   * told anew: another recorder begins, or parts between are missing.
   */
  openHeader(header: HeaderRecord, seq: number | undefined): boolean {
    const before = this.#header;
    const next = this.#next;
    this.#header = header;
    if (before && seq !== undefined && next !== undefined && seq >= next && isSameRecorder(before, header)) {
      return seq > next;
    }
    this.#next = seq;
    this.#lastNs = undefined;
    return true;
  }

  check(record: TraceRecord | undefined, seq: number | undefined): SequenceCheck {
    const expected = this.#next;
    const lastNs = this.#lastNs;
    const nowNs = record === undefined ? lastNs : recordTimeNs(record);
    this.#lastNs = nowNs;
    if (seq === undefined) return { gap: undefined, backwards: false };
    this.#next = seq + 1;
    if (expected === undefined || seq === expected) return { gap: undefined, backwards: false };
    if (seq < expected) return { gap: undefined, backwards: true };
    // A recorder that had to drop numbered records says so with its next one; that is the same loss, told once.
    const reportedEvents = record?.probe_source === 'trace.gap' ? (record.events ?? 0) : 0;
    const events = seq - expected - reportedEvents;
    if (events <= 0) return { gap: undefined, backwards: false };
    const to_monotonic_ns = nowNs ?? 0n;
    return {
      gap: {
        probe_source: 'trace.gap',
        reason: 'dropped',
        events,
        from_monotonic_ns: lastNs ?? to_monotonic_ns,
        to_monotonic_ns,
      },
      backwards: false,
    };
  }
}
