import type { ChurnRecord } from '../../domain/events/event.ts';
import { isChurn } from '../../domain/events/record.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import { Judge } from '../../domain/filter/stream-filter.ts';
import { type Guest, unknownGuest } from '../../domain/processes/guest.ts';
import type { TraceBatch } from './batches.ts';
export type Passes = (record: ChurnRecord) => boolean;

/** The guest that records come from, as their recorder begins; it may refuse to judge them. */
export type GuestOf = (batch: Pick<TraceBatch, 'header' | 'file'>) => Guest;

const all: Passes = () => true;

/** A filter over traces. Who descends from whom is learnt anew from each recorder. */
export class Sieve {
  readonly #filter: Accepts;
  readonly #guestOf: GuestOf;
  #judge: Judge;

  constructor(filter: Accepts, guestOf: GuestOf, first: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guestOf = guestOf;
    this.#judge = new Judge(filter, first);
  }

  /** Which records of a batch pass; each batch must be asked for, in order. */
  batch(batch: Pick<TraceBatch, 'header' | 'file' | 'fresh' | 'records'>): Passes {
    if (this.#filter.text === '') return all;
    if (batch.fresh) this.#judge = new Judge(this.#filter, this.#guestOf(batch));
    return this.records(batch.records.filter(isChurn));
  }

  records(records: readonly ChurnRecord[]): Passes {
    if (this.#filter.text === '') return all;
    const passing = new Set(this.#judge.pass(records));
    return (record) => passing.has(record);
  }
}
