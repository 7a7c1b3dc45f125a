/** A buffer of the newest `capacity` values, oldest first, which counts the values it dropped. */
export class RingBuffer<T> {
  readonly capacity: number;
  #slots: T[] = [];
  #head = 0;
  #dropped = 0;

  /**
   * Creates an empty buffer; `dropped` is the initial count of dropped values.
   * @throws RangeError if the capacity is not a positive integer.
   */
  constructor(capacity: number, dropped = 0) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError(`invalid ring buffer capacity: ${capacity}`);
    this.capacity = capacity;
    this.#dropped = dropped;
  }

  get length(): number {
    return this.#slots.length;
  }

  /** Number of values dropped. The oldest are dropped first. */
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

  /** Returns the value at `index`, 0 for the oldest; undefined out of range. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#slots.length) return undefined;
    return this.#slots[(this.#head + index) % this.#slots.length];
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#slots.length; index++) yield this.at(index) as T;
  }

  /** Returns an independent copy. `copy` copies values that are themselves mutable. */
  clone(copy: (value: T) => T = (value) => value): RingBuffer<T> {
    const clone = new RingBuffer<T>(this.capacity);
    clone.#slots = this.#slots.map(copy);
    clone.#head = this.#head;
    clone.#dropped = this.#dropped;
    return clone;
  }
}
