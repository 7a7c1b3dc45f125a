/** Values by PID, no more than `limit`: beyond it the first come leave. A trace is not to be trusted. */
export class BoundedMap<T> {
  readonly maxSize: number;
  #values = new Map<number, T>();

  constructor(limit = 1 << 18) {
    this.maxSize = limit;
  }

  get(pid: number): T | undefined {
    return this.#values.get(pid);
  }

  /** Gives the value that had to leave for this one. */
  set(pid: number, value: T): T | undefined {
    let evicted: T | undefined;
    if (this.#values.size >= this.maxSize && !this.#values.has(pid)) {
      const [oldest] = this.#values.keys();
      evicted = this.#values.get(oldest as number);
      this.#values.delete(oldest as number);
    }
    this.#values.set(pid, value);
    return evicted;
  }

  /** Take a value out. */
  take(pid: number): T | undefined {
    const value = this.#values.get(pid);
    this.#values.delete(pid);
    return value;
  }

  /** Take all of them out. */
  *drain(): Generator<T> {
    const values = [...this.#values.values()];
    this.#values.clear();
    yield* values;
  }
}
