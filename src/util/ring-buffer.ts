/** The newest `capacity` values, oldest first, and a count of those that fell off. */
export class RingBuffer<T> {
  readonly capacity: number;
  #slots: T[] = [];
  #head = 0;
  #dropped = 0;

  /** `dropped` were pushed before, and are not held. */
  constructor(capacity: number, dropped = 0) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`ring capacity ${capacity}`);
    this.capacity = capacity;
    this.#dropped = dropped;
  }

  get length(): number {
    return this.#slots.length;
  }

  /** How many values were pushed and are no longer held. */
  get dropped(): number {
    return this.#dropped;
  }

  push(value: T): void {
    if (this.#slots.length < this.capacity) {
      this.#slots.push(value);
      return;
    }
    this.#slots[this.#head] = value;
    this.#head = (this.#head + 1) % this.capacity;
    this.#dropped++;
  }

  /** The value at `index`, 0 the oldest; undefined outside. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#slots.length) return undefined;
    return this.#slots[(this.#head + index) % this.#slots.length];
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#slots.length; index++) yield this.at(index) as T;
  }

  /** An independent copy, for a frozen view; `copy` is for values that themselves change. */
  clone(copy: (value: T) => T = (value) => value): RingBuffer<T> {
    const ring = new RingBuffer<T>(this.capacity);
    ring.#slots = this.#slots.map(copy);
    ring.#head = this.#head;
    ring.#dropped = this.#dropped;
    return ring;
  }
}
