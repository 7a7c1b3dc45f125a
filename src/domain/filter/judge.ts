import { Ancestry, type Kin } from '../ancestry.ts';
import { type ChurnRecord, isProbeEvent } from '../event.ts';
import type { Accepts } from './filter.ts';
import { type Guest, unknownGuest } from './subject.ts';
import { RecordSubject } from './subjects.ts';

/** Gaps concern everyone, so they pass every filter. */
export const passes = (record: ChurnRecord, kin: Kin | undefined, filter: Accepts, guest: Guest): boolean =>
  !isProbeEvent(record) || kin === undefined || filter.matches(new RecordSubject(record, kin, guest));

/**
 * A filter over a stream of records: it must be given all of them, in order, since what a later one leaves out (parent,
 * user, ancestors) is known from an earlier one.
 */
export class Judge {
  readonly ancestry = new Ancestry();
  readonly #filter: Accepts;
  readonly #guest: Guest;

  constructor(filter: Accepts, guest: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guest = guest;
  }

  /** Those that pass. Together, for discovery may list a child before its parent. */
  pass<R extends ChurnRecord>(records: readonly R[]): R[] {
    const kins = records.map((record) => (isProbeEvent(record) ? this.ancestry.apply(record) : undefined));
    this.ancestry.settle();
    return records.filter((record, index) =>
      passes(record, this.#settled(record, kins[index]), this.#filter, this.#guest),
    );
  }

  /** One found alive has its line only now that all of them are known. */
  #settled(record: ChurnRecord, kin: Kin | undefined): Kin | undefined {
    return kin && 'initial' in record ? (this.ancestry.find(kin) ?? kin) : kin;
  }
}
