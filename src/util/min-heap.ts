/** A binary heap. The first value is before all others. */
export class MinHeap<T> {
  readonly #isBefore: (a: T, b: T) => boolean;
  readonly #values: T[] = [];

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#values.length;
  }

  /** The first value; undefined if there is none. */
  get first(): T | undefined {
    return this.#values[0];
  }

  push(value: T): void {
    const values = this.#values;
    let at = values.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = values[parent] as T;
      if (!this.#isBefore(value, above)) break;
      values[at] = above;
      at = parent;
    }
    values[at] = value;
  }

  /** Removes and returns the first value; undefined if there is none. */
  pop(): T | undefined {
    const values = this.#values;
    const [first] = values;
    const last = values.pop();
    if (last === undefined || values.length === 0) return first;
    let at = 0;
    for (let child = 1; child < values.length; child = 2 * at + 1) {
      const other = values[child + 1];
      if (other !== undefined && this.#isBefore(other, values[child] as T)) child++;
      if (!this.#isBefore(values[child] as T, last)) break;
      values[at] = values[child] as T;
      at = child;
    }
    values[at] = last;
    return first;
  }

  /** Iterates over the values, in no order. */
  [Symbol.iterator](): Iterator<T> {
    return this.#values.values();
  }
}
