import type { ChurnRecord } from '../domain/event.ts';
import type { Accepts } from '../domain/filter/filter.ts';
import { Judge } from '../domain/filter/judge.ts';
import type { Guest } from '../domain/filter/subject.ts';
import type { TraceBatch } from './reader.ts';
import { isChurn } from './replay-source.ts';

export type Passes = (record: ChurnRecord) => boolean;

const all: Passes = () => true;

/** A filter over traces. Who descends from whom is learnt anew from each recorder. */
export class Sieve {
  readonly #filter: Accepts;
  readonly #userName: Guest['userName'];
  #judge: Judge;

  constructor(filter: Accepts, userName: Guest['userName'], bootOffsetNs = 0n) {
    this.#filter = filter;
    this.#userName = userName;
    this.#judge = new Judge(filter, { bootOffsetNs, userName });
  }

  /** Which records of a batch pass; each batch must be asked for, in order. */
  batch({ header, fresh, records }: Pick<TraceBatch, 'header' | 'fresh' | 'records'>): Passes {
    if (this.#filter.text === '') return all;
    if (fresh) {
      const bootOffsetNs = header?.boot_offset_ns ?? 0n;
      this.#judge = new Judge(this.#filter, { bootOffsetNs, userName: this.#userName });
    }
    return this.records(records.filter(isChurn));
  }

  records(records: readonly ChurnRecord[]): Passes {
    if (this.#filter.text === '') return all;
    const passing = new Set(this.#judge.pass(records));
    return (record) => passing.has(record);
  }
}
