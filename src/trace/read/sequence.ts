import type { GapRecord } from '../../domain/events/event.ts';
import { type HeaderRecord, recordTimeNs, type TraceRecord } from '../../domain/events/record.ts';

/** Returns whether two headers have the same recorder ID and guest. Some recorders have no ID. */
const isSameRecorder = (one: HeaderRecord, other: HeaderRecord): boolean =>
  one.recorder === other.recorder &&
  one.host === other.host &&
  one.boot_id === other.boot_id &&
  one.pid_ns === other.pid_ns;

/** The result of comparing the `seq` of a record with the expected one. */
export type SequenceCheck = {
  /** The missing records before this one; undefined if none is missing. */
  gap: GapRecord | undefined;
  /** Whether the number is lower than an earlier one. */
  backwards: boolean;
};

/** The state of a `SequenceTracker`. */
export type SequenceState = {
  next: number | undefined;
  lastNs: bigint | undefined;
  header: HeaderRecord | undefined;
};

/** Checks the `seq` numbers of a recorder, across its rotated files. */
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

  /** Applies a header. Returns whether all earlier state is void: another recorder begins, or files are missing. */
  openHeader(header: HeaderRecord, seq: number | undefined): boolean {
    const previous = this.#header;
    const next = this.#next;
    this.#header = header;
    if (
      previous &&
      seq !== undefined &&
      next !== undefined &&
      seq >= next &&
      isSameRecorder(previous, header)
    ) {
      return seq > next;
    }
    this.#next = seq;
    this.#lastNs = undefined;
    return true;
  }

  /** Checks the number of a record, which is undefined if its `probe_source` is unknown. */
  check(record: TraceRecord | undefined, seq: number | undefined): SequenceCheck {
    const expected = this.#next;
    const lastNs = this.#lastNs;
    const nowNs = record === undefined ? lastNs : recordTimeNs(record);
    this.#lastNs = nowNs;
    if (seq === undefined) return { gap: undefined, backwards: false };
    this.#next = seq + 1;
    if (expected === undefined || seq === expected) return { gap: undefined, backwards: false };
    if (seq < expected) return { gap: undefined, backwards: true };
    // The recorder itself reports numbered records that it dropped, in its next record.
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
