/** A map from PID to value that evicts the oldest entry beyond `maxSize`, so that no trace can exhaust memory. */
export class BoundedMap<T> {
  readonly maxSize: number;
  #values = new Map<number, T>();

  constructor(maxSize = 1 << 18) {
    this.maxSize = maxSize;
  }

  get(pid: number): T | undefined {
    return this.#values.get(pid);
  }

  /** Sets a value. Returns the value evicted for it, if any. */
  set(pid: number, value: T): T | undefined {
    let evicted: T | undefined;
    if (this.#values.size >= this.maxSize && !this.#values.has(pid)) {
      const [oldestPid] = this.#values.keys();
      evicted = this.#values.get(oldestPid as number);
      this.#values.delete(oldestPid as number);
    }
    this.#values.set(pid, value);
    return evicted;
  }

  /** Removes and returns a value. */
  take(pid: number): T | undefined {
    const value = this.#values.get(pid);
    this.#values.delete(pid);
    return value;
  }

  /** Removes and yields all values. */
  *drain(): Generator<T> {
    const values = [...this.#values.values()];
    this.#values.clear();
    yield* values;
  }
}
