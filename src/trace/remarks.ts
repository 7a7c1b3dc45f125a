import type { Remark } from './reader.ts';

const held = 10;

/** Remarks of a reader: the first few, and how many there were. */
export class Remarks {
  readonly first: Remark[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  readonly add = (remark: Remark): void => {
    this.#count++;
    if (this.first.length < held) this.first.push(remark);
  };
}
