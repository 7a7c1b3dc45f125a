import type { ChurnRecord } from '../../domain/events/event.ts';
import { isChurnRecord } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { StreamFilter } from '../../domain/filter/stream-filter.ts';
import { type Guest, unknownGuest } from '../../domain/processes/guest.ts';
import type { TraceBatch } from './batches.ts';

export type RecordPredicate = (record: ChurnRecord) => boolean;

/** Returns the guest of a batch. May throw if the filter needs facts that the trace does not contain. */
export type GuestResolver = (batch: Pick<TraceBatch, 'header' | 'file'>) => Guest;

const acceptAll: RecordPredicate = () => true;

/** Filters the records of traces. Ancestry starts empty with each recorder. */
export class TraceFilter {
  readonly #filter: CompiledFilter;
  readonly #guestOf: GuestResolver;
  #streamFilter: StreamFilter;

  constructor(filter: CompiledFilter, guestOf: GuestResolver, initialGuest: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guestOf = guestOf;
    this.#streamFilter = new StreamFilter(filter, initialGuest);
  }

  /** Returns a predicate for the records of a batch. Call it for each batch, in order. */
  forBatch(batch: Pick<TraceBatch, 'header' | 'file' | 'isNewRecorder' | 'records'>): RecordPredicate {
    if (this.#filter.text === '') return acceptAll;
    if (batch.isNewRecorder) this.#streamFilter = new StreamFilter(this.#filter, this.#guestOf(batch));
    return this.forRecords(batch.records.filter(isChurnRecord));
  }

  forRecords(records: readonly ChurnRecord[]): RecordPredicate {
    if (this.#filter.text === '') return acceptAll;
    const accepted = new Set(this.#streamFilter.filter(records));
    return (record) => accepted.has(record);
  }
}
