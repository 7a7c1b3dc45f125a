import type { GapRecord } from '../../domain/events/event.ts';
import {
  type AliveRecord,
  type HeaderRecord,
  recordTimeNs,
  type TraceRecord,
} from '../../domain/events/record.ts';

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
  /** Whether the number is lower than an earlier one, or the live processes are those of an earlier record. */
  backwards: boolean;
};

const inOrder: SequenceCheck = { gap: undefined, backwards: false };

/** The state of a `SequenceTracker`. */
export type SequenceState = {
  next: number | undefined;
  lastNs: bigint | undefined;
  header: HeaderRecord | undefined;
};

/** Checks the `seq` numbers of a recorder, across its rotated files. */
export class SequenceTracker {
  /** Whether a number that goes back repeats a record. Otherwise the records continue from there. */
  readonly #repeats: boolean;
  #next: number | undefined;
  #lastNs: bigint | undefined;
  #header: HeaderRecord | undefined;

  constructor(repeats = false) {
    this.#repeats = repeats;
  }

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
    if (previous && isSameRecorder(previous, header)) {
      // A header without a number precedes records that have none, of the same recorder.
      if (seq === undefined && header.recorder !== undefined) return false;
      if (seq !== undefined && next !== undefined && (this.#repeats || seq >= next)) return seq > next;
    }
    this.#next = seq;
    this.#lastNs = undefined;
    return true;
  }

  /** Checks the number of a record, which is undefined if its `probe_source` is unknown. */
  check(record: TraceRecord | undefined, seq: number | undefined): SequenceCheck {
    if (record?.probe_source === 'trace.alive') return this.#checkAlive(record);
    const expected = this.#next;
    const lastNs = this.#lastNs;
    const nowNs = record === undefined ? lastNs : recordTimeNs(record);
    const backwards = seq !== undefined && expected !== undefined && seq < expected;
    if (backwards && this.#repeats) return { gap: undefined, backwards };
    this.#lastNs = nowNs;
    if (seq === undefined) return inOrder;
    this.#next = seq + 1;
    if (backwards) return { gap: undefined, backwards };
    if (expected === undefined || seq === expected) return inOrder;
    // The recorder itself reports numbered records that it dropped, in its next record.
    const reportedEvents = record?.probe_source === 'trace.gap' ? (record.events ?? 0) : 0;
    return lostRecords(seq - expected - reportedEvents, lastNs, nowNs ?? 0n);
  }

  /** Continues after the record that the live processes include, unless they are older than the last record. */
  #checkAlive({ as_of, monotonic_ns }: AliveRecord): SequenceCheck {
    const expected = this.#next ?? as_of + 1;
    if (as_of + 1 < expected) return { gap: undefined, backwards: true };
    const lastNs = this.#lastNs;
    this.#next = as_of + 1;
    this.#lastNs = monotonic_ns;
    return lostRecords(as_of + 1 - expected, lastNs, monotonic_ns);
  }
}

const lostRecords = (events: number, fromNs: bigint | undefined, toNs: bigint): SequenceCheck => {
  if (events <= 0) return inOrder;
  const gap: GapRecord = {
    probe_source: 'trace.gap',
    reason: 'dropped',
    events,
    from_monotonic_ns: fromNs ?? toNs,
    to_monotonic_ns: toNs,
  };
  return { gap, backwards: false };
};
