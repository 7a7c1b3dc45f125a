/** Values by PID, no more than `limit`: beyond it the first come leave. A trace is not to be trusted. */
export class Roster<T> {
  readonly limit: number;
  #byPid = new Map<number, T>();

  constructor(limit = 1 << 18) {
    this.limit = limit;
  }

  get(pid: number): T | undefined {
    return this.#byPid.get(pid);
  }

  /** Gives the value that had to leave for this one. */
  set(pid: number, value: T): T | undefined {
    let left: T | undefined;
    if (this.#byPid.size >= this.limit && !this.#byPid.has(pid)) {
      const [oldest] = this.#byPid.keys();
      left = this.#byPid.get(oldest as number);
      this.#byPid.delete(oldest as number);
    }
    this.#byPid.set(pid, value);
    return left;
  }

  /** Take a value out. */
  take(pid: number): T | undefined {
    const value = this.#byPid.get(pid);
    this.#byPid.delete(pid);
    return value;
  }

  /** Take all of them out. */
  *drain(): Generator<T> {
    const values = [...this.#byPid.values()];
    this.#byPid.clear();
    yield* values;
  }
}
