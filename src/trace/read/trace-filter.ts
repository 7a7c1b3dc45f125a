import type { ChurnRecord } from '../../domain/events/event.ts';
import { isChurnRecord } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { StreamFilter } from '../../domain/filter/stream-filter.ts';
import { type Guest, unknownGuest } from '../../domain/processes/guest.ts';
import type { TraceBatch } from './batches.ts';

export type RecordPredicate = (record: ChurnRecord) => boolean;

/** Returns the guest of a batch. May throw if the filter needs facts that the trace does not contain. */
export type GuestResolver = (batch: Pick<TraceBatch, 'header' | 'file'>) => Guest;

/** A batch whose records are decided, and a predicate for those that match. */
export type FilteredBatch = { batch: TraceBatch; matches: RecordPredicate };

/** A batch with undecided records. `until` is the number of records of the recorder up to its end. */
type WaitingBatch = { batch: TraceBatch; until: number };

/** Inserts a spawn of an earlier batch before the exec that makes it match. If there is none, appends it. */
const insertSpawn = (waiting: readonly WaitingBatch[], spawn: ChurnRecord): void => {
  for (const { batch } of waiting) {
    const index = batch.records.findIndex(
      (record) =>
        record.probe_source === 'process.exec' &&
        'guest_pid' in spawn &&
        record.guest_pid === spawn.guest_pid,
    );
    if (index < 0) continue;
    batch.records.splice(index, 0, spawn);
    return;
  }
  waiting.at(-1)?.batch.records.push(spawn);
};

const acceptAll: RecordPredicate = () => true;

/** Filters the records of traces. At a new recorder, it forgets all ancestors. */
export class TraceFilter {
  readonly #filter: CompiledFilter;
  readonly #guestOf: GuestResolver;
  #streamFilter: StreamFilter;

  constructor(filter: CompiledFilter, guestOf: GuestResolver, initialGuest: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guestOf = guestOf;
    this.#streamFilter = new StreamFilter(filter, initialGuest);
  }

  /**
   * Returns a predicate for the records of a batch that match. Must be called for each batch, in order. Does not wait for
   * the exec after a fork, so the statistics correct the spawn at the exec.
   */
  forBatch(batch: Pick<TraceBatch, 'header' | 'file' | 'isNewRecorder' | 'records'>): RecordPredicate {
    if (this.#filter.text === '') return acceptAll;
    if (batch.isNewRecorder) this.#streamFilter = new StreamFilter(this.#filter, this.#guestOf(batch));
    return this.forRecords(batch.records.filter(isChurnRecord));
  }

  /** Returns a predicate for the records that match, without waiting for the exec after a fork. */
  forRecords(records: readonly ChurnRecord[]): RecordPredicate {
    if (this.#filter.text === '') return acceptAll;
    const accepted = new Set([...this.#streamFilter.filter(records), ...this.#streamFilter.flush()]);
    return (record) => accepted.has(record);
  }

  /**
   * Decides the records of batches, in order. If a spawn matches only at a later exec, after its batch was yielded, it is
   * yielded again before that exec.
   */
  async *filterBatches(batches: AsyncIterable<TraceBatch>): AsyncGenerator<FilteredBatch> {
    if (this.#filter.text === '') {
      for await (const batch of batches) yield { batch, matches: acceptAll };
      return;
    }
    const accepted = new WeakSet<ChurnRecord>();
    const yielded = new WeakSet<ChurnRecord>();
    const waiting: WaitingBatch[] = [];
    let received = 0;
    const accept = (records: readonly ChurnRecord[]) => {
      for (const record of records) {
        accepted.add(record);
        if (yielded.has(record)) insertSpawn(waiting, record);
      }
    };
    const takeDecided = function* (decided: number): Generator<FilteredBatch> {
      while (waiting[0] && waiting[0].until <= decided) {
        const { batch } = waiting.shift() as WaitingBatch;
        yield { batch, matches: (record) => accepted.has(record) };
        for (const record of batch.records) if (isChurnRecord(record)) yielded.add(record);
      }
    };
    for await (const batch of batches) {
      if (batch.isNewRecorder) {
        accept(this.#streamFilter.flush());
        yield* takeDecided(received);
        this.#streamFilter = new StreamFilter(this.#filter, this.#guestOf(batch));
        received = 0;
      }
      const records = batch.records.filter(isChurnRecord);
      received += records.length;
      waiting.push({ batch, until: received });
      accept(this.#streamFilter.filter(records));
      yield* takeDecided(this.#streamFilter.decided);
    }
    accept(this.#streamFilter.flush());
    yield* takeDecided(received);
  }
}
