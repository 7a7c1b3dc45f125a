/** A map, by default from a PID, that evicts the oldest entry beyond `maxSize`, so that no trace can exhaust memory. */
export class BoundedMap<T, K = number> {
  readonly maxSize: number;
  #values = new Map<K, T>();

  constructor(maxSize = 1 << 18) {
    this.maxSize = maxSize;
  }

  get(key: K): T | undefined {
    return this.#values.get(key);
  }

  has(key: K): boolean {
    return this.#values.has(key);
  }

  /** Sets a value. Returns the value evicted for it, if any. */
  set(key: K, value: T): T | undefined {
    let evicted: T | undefined;
    if (this.#values.size >= this.maxSize && !this.#values.has(key)) {
      const [oldestKey] = this.#values.keys();
      evicted = this.#values.get(oldestKey as K);
      this.#values.delete(oldestKey as K);
    }
    this.#values.set(key, value);
    return evicted;
  }

  /** Removes and returns a value. */
  take(key: K): T | undefined {
    const value = this.#values.get(key);
    this.#values.delete(key);
    return value;
  }

  /** Removes and yields all values. */
  *drain(): Generator<T> {
    const values = [...this.#values.values()];
    this.#values.clear();
    yield* values;
  }
}
