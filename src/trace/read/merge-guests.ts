import { type ChurnRecord, isProbeEvent } from '../../domain/events/event.ts';
import { isChurnRecord, recordTimeNs, type TraceRecord } from '../../domain/events/record.ts';
import { MinHeap } from '../../util/min-heap.ts';
import type { TraceBatch } from './batches.ts';
import type { RecordPredicate } from './trace-filter.ts';
import { wallOffsetOf } from './wall-clock.ts';

/** The batches of one guest, and a function that returns which records of a batch match. It is called in order. */
export type GuestBatches = {
  guest: string;
  batches: AsyncIterable<TraceBatch>;
  matcherOf: (batch: TraceBatch) => RecordPredicate;
};

/** A record of one of several guests. Its wall time is its time plus `wallOffsetNs`. */
export type MergedRecord = { guest: string; record: TraceRecord; wallOffsetNs: bigint; matches: boolean };

/** Receives the records of several guests in the order of wall time. */
export type MergeListener = {
  /** A recorder of a guest begins. `isAlone`: no other guest is being recorded. */
  onRecorder(guest: string, header: TraceBatch['header'], isAlone: boolean): void;
  onRecord(merged: MergedRecord): void;
};

/** The position in the batches of one guest. */
type Cursor = {
  source: GuestBatches;
  iterator: AsyncIterator<TraceBatch>;
  batch: TraceBatch;
  index: number;
  matches: RecordPredicate;
  wallOffsetNs: bigint;
  /** Wall time of the next record, ns. It never decreases, so that the records of a guest stay in order. */
  atNs: number;
  /** Whether the next record begins a recorder. */
  starts: boolean;
};

/**
 * Merges the records of guests that were recorded at the same time. A guest is read only as far as needed. All are closed at
 * the end, also after an error of one of them.
 */
export const mergeGuests = async (
  guests: readonly GuestBatches[],
  listener: MergeListener,
): Promise<void> => {
  const cursors = guests.map(openCursor);
  try {
    await mergeCursors(cursors, listener);
  } finally {
    await Promise.all(cursors.map(({ iterator }) => iterator.return?.()));
  }
};

const mergeCursors = async (cursors: readonly Cursor[], listener: MergeListener): Promise<void> => {
  const waiting = new MinHeap<Cursor>((a, b) => a.atNs < b.atNs);
  for (const cursor of cursors) if (await loadBatch(cursor)) waiting.push(cursor);
  const recording = new Set<Cursor>();
  for (let cursor = waiting.pop(); cursor; cursor = waiting.pop()) {
    const untilNs = waiting.first?.atNs ?? Number.POSITIVE_INFINITY;
    if (cursor.starts) listener.onRecorder(cursor.source.guest, cursor.batch.header, recording.size === 0);
    recording.add(cursor);
    cursor.starts = false;
    let more = true;
    // Mostly the next record is of the same guest.
    while (more && !cursor.starts && cursor.atNs <= untilNs) {
      listener.onRecord(currentRecord(cursor));
      more = stepInBatch(cursor) || (await loadBatch(cursor));
    }
    if (!more || cursor.starts) recording.delete(cursor);
    if (more) waiting.push(cursor);
  }
};

const openCursor = (source: GuestBatches): Cursor => ({
  source,
  iterator: source.batches[Symbol.asyncIterator](),
  batch: { header: undefined, isNewRecorder: false, file: '', line: 0, records: [] },
  index: 0,
  matches: () => true,
  wallOffsetNs: 0n,
  atNs: 0,
  starts: false,
});

/** Goes to the first record of the next batch. Returns false at the end. */
const loadBatch = async (cursor: Cursor): Promise<boolean> => {
  for (;;) {
    const { done, value: batch } = await cursor.iterator.next();
    if (done) return false;
    cursor.matches = cursor.source.matcherOf(batch);
    if (batch.records.length === 0) continue;
    cursor.batch = batch;
    cursor.index = -1;
    cursor.starts = batch.isNewRecorder;
    if (batch.isNewRecorder) cursor.wallOffsetNs = (batch.header && wallOffsetOf(batch.header.clock)) ?? 0n;
    return stepInBatch(cursor);
  }
};

const stepInBatch = (cursor: Cursor): boolean => {
  const record = cursor.batch.records[cursor.index + 1];
  if (!record) return false;
  cursor.index++;
  cursor.atNs = Math.max(cursor.atNs, Number(recordTimeNs(record) + cursor.wallOffsetNs));
  return true;
};

const currentRecord = ({ source, batch, index, wallOffsetNs, matches }: Cursor): MergedRecord => {
  const record = batch.records[index] as TraceRecord;
  return { guest: source.guest, record, wallOffsetNs, matches: isChurnRecord(record) && matches(record) };
};

/** Returns a record whose monotonic times are later by `offsetNs`. */
export const shiftTimes = (record: ChurnRecord, offsetNs: bigint): ChurnRecord => {
  if (isProbeEvent(record)) return { ...record, guest_monotonic_ns: record.guest_monotonic_ns + offsetNs };
  if (record.probe_source === 'trace.gap')
    return {
      ...record,
      from_monotonic_ns: record.from_monotonic_ns + offsetNs,
      to_monotonic_ns: record.to_monotonic_ns + offsetNs,
    };
  const monotonic_ns = record.monotonic_ns + offsetNs;
  return record.probe_source === 'trace.note'
    ? { ...record, monotonic_ns }
    : { ...record, monotonic_ns, since_monotonic_ns: record.since_monotonic_ns + offsetNs };
};
