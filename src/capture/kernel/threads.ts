import type { Comm } from '../../proc/comm.ts';

/** The threads of a process that has, or had, more than its main thread. */
export class Threads {
  readonly #ids: Set<number>;
  /**
   * The names of threads that may differ from the name of the process. Undefined: not read yet, as the event of a new
   * thread does not say which thread created it. A thread that is missing here has the name of the process.
   */
  #names: Map<number, Comm | undefined> | undefined;

  /** `areNamesKnown`: whether all threads have the name of the process. */
  constructor(ids: Iterable<number>, areNamesKnown: boolean) {
    this.#ids = new Set(ids);
    if (!areNamesKnown) this.#names = new Map(Array.from(this.#ids, (tid) => [tid, undefined]));
  }

  get size(): number {
    return this.#ids.size;
  }

  add(tid: number): void {
    this.#ids.add(tid);
    this.#names?.set(tid, undefined);
  }

  /** Removes a thread that has exited. Returns whether it was known. */
  delete(tid: number): boolean {
    this.#names?.delete(tid);
    return this.#ids.delete(tid);
  }

  /** Records the new name of a thread that is not the main thread. */
  rename(tid: number, comm: Comm): void {
    if (!this.#ids.has(tid)) return;
    this.#names ??= new Map();
    this.#names.set(tid, comm);
  }

  /** Keeps the name of the other threads before the main thread changes its own. */
  mainThreadRenamed(pid: number, previous: Comm): void {
    const names = this.#names ?? new Map<number, Comm | undefined>();
    for (const tid of this.#ids) if (tid !== pid && !names.has(tid)) names.set(tid, previous);
    this.#names = names;
  }

  /** Returns the name of a thread other than the main thread; undefined: that of the process. */
  nameOf(tid: number, read: (tid: number) => Comm | undefined): Comm | undefined {
    if (!this.#names?.has(tid)) return undefined;
    const name = this.#names.get(tid) ?? read(tid);
    if (name) this.#names.set(tid, name);
    return name;
  }
}
