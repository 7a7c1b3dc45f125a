import type { ChurnRecord } from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import { compareValues } from '../../util/compare.ts';

const noRecords: readonly ChurnRecord[] = [];

/**
 * Puts records in order of time. Some are known late: whether a process is a zombie shows only after its parent had
 * time to reap it. Records from that moment on wait until then.
 */
export class RecordQueue {
  #records: ChurnRecord[] = [];
  #latestNs = 0n;
  #isSorted = true;

  get size(): number {
    return this.#records.length;
  }

  push(record: ChurnRecord): void {
    const timeNs = recordTimeNs(record);
    if (timeNs < this.#latestNs) this.#isSorted = false;
    else this.#latestNs = timeNs;
    this.#records.push(record);
  }

  /** Removes and returns the records before `untilNs`, in order of time; all records if it is undefined. */
  take(untilNs: bigint | undefined): readonly ChurnRecord[] {
    if (this.#records.length === 0) return noRecords;
    if (!this.#isSorted) {
      // The sort is stable: records of the same time keep their order.
      this.#records.sort((a, b) => compareValues(recordTimeNs(a), recordTimeNs(b)));
      this.#isSorted = true;
    }
    const records = this.#records;
    const end = untilNs === undefined ? -1 : records.findIndex((record) => recordTimeNs(record) >= untilNs);
    if (end < 0) {
      this.#records = [];
      this.#latestNs = 0n;
      return records;
    }
    this.#records = records.slice(end);
    return records.slice(0, end);
  }
}

/** Returns the earlier of two times; undefined if there is none. */
export const earlier = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;
