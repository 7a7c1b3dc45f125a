import type { ChurnRecord } from '../../domain/events/event.ts';
import { isChurnRecord } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { StreamFilter } from '../../domain/filter/stream-filter.ts';
import { type Guest, unknownGuest } from '../../domain/processes/guest.ts';
import type { TraceBatch } from './batches.ts';
export type RecordPredicate = (record: ChurnRecord) => boolean;

/** The guest that records come from, as their recorder begins; it may refuse to judge them. */
export type GuestResolver = (batch: Pick<TraceBatch, 'header' | 'file'>) => Guest;

const acceptAll: RecordPredicate = () => true;

/** A filter over traces. Who descends from whom is learnt anew from each recorder. */
export class TraceFilter {
  readonly #filter: CompiledFilter;
  readonly #guestOf: GuestResolver;
  #streamFilter: StreamFilter;

  constructor(filter: CompiledFilter, guestOf: GuestResolver, first: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guestOf = guestOf;
    this.#streamFilter = new StreamFilter(filter, first);
  }

  /** Which records of a batch pass; each batch must be asked for, in order. */
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
