import { readForkCount } from '../../proc/fork-count.ts';
import type { ProcReader } from '../../proc/reader.ts';

/** How many spawned tasks were seen since the start. */
export type TaskCounts = { processes: number; threads: number; ownChildren: number };

/**
 * Counts missed tasks: the forks that the kernel counted, in all PID namespaces, minus the fork events. Both are read
 * at slightly different times, so that a difference is pending until the next audit finds it again.
 */
export class ForkAudit {
  readonly #proc: ProcReader;
  readonly #counts: TaskCounts;
  /** The fork count at the start; undefined if it cannot be read. */
  #initialForks: number | undefined;
  /** Forks without an event at the last audit, and those of them that are settled. */
  #absent = 0;
  #settled = 0;

  constructor(proc: ProcReader, counts: TaskCounts) {
    this.#proc = proc;
    this.#counts = counts;
  }

  /** Tasks that were missed; undefined if the fork count cannot be read. */
  get missed(): number | undefined {
    return this.#initialForks === undefined ? undefined : this.#settled;
  }

  /** Forks without an event that the next audit decides on. */
  get pending(): number | undefined {
    return this.#initialForks === undefined ? undefined : this.#absent - this.#settled;
  }

  /** Reads the first fork count. Events from before this moment must not be counted. */
  start(): void {
    this.#initialForks = readForkCount(this.#proc);
  }

  read(): number | undefined {
    return readForkCount(this.#proc);
  }

  /**
   * Compares the fork count with the events.
   * @param forks the fork count, which was read after all queued events were counted.
   * @param later how many events were counted since, of forks after the fork count was read.
   * @param last whether no audit follows, so that nothing may stay pending.
   * @returns how many forks without an event are new since the last audit.
   */
  settle(forks: number | undefined, later: number, last: boolean): number {
    if (this.#initialForks === undefined) return 0;
    if (forks === undefined) {
      if (last) this.#settled = this.#absent;
      return 0;
    }
    const { processes, threads, ownChildren } = this.#counts;
    const seen = processes + threads + ownChildren - later;
    const before = this.#absent;
    const absent = forks - this.#initialForks - seen;
    // Forks at the moment of the start may be in the first fork count, and have an event.
    if (absent < 0) this.#initialForks += absent;
    this.#absent = Math.max(0, absent);
    this.#settled = last ? this.#absent : Math.min(before, this.#absent);
    return Math.max(0, this.#absent - before);
  }

  /** Records that a process without a fork event was found and counted. */
  found(): void {
    if (this.#absent === 0) return;
    this.#absent--;
    this.#settled = Math.min(this.#settled, this.#absent);
  }
}
