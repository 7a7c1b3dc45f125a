import { readForkCount } from '../../proc/fork-count.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { SamplerClock } from '../core/sampler.ts';
import type { KernelEvent } from './kernel-event.ts';

/** How many spawned tasks were seen since the start. */
export type TaskCounts = { processes: number; threads: number; ownChildren: number };

/** The queue is drained at most this often before the fork count is read. */
const maxDrains = 4;

export type ForkAuditOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  counts: TaskCounts;
  /** Applies and returns the queued events. */
  drain: () => readonly KernelEvent[];
};

type ForkReading = {
  /** The fork count; undefined if it could not be read. */
  forks: number | undefined;
  /** Number of forks that have an event from while it was read: it may include them. */
  during: number;
  /** Number of forks that have an event from after that. */
  later: number;
  /** Whether no audit follows, so that nothing may stay pending. */
  last: boolean;
};

/**
 * Counts missed tasks: the forks that the kernel counted, in all PID namespaces, minus the fork events. Both are read
 * at slightly different times, so that a difference is pending until the next audit finds it again.
 */
export class ForkAudit {
  readonly #options: ForkAuditOptions;
  /** The fork count at the start; undefined if it cannot be read. */
  #initialForks: number | undefined;
  /** Forks without an event at the last audit, and those of them that are settled. */
  #absent = 0;
  #settled = 0;

  constructor(options: ForkAuditOptions) {
    this.#options = options;
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
    this.#initialForks = readForkCount(this.#options.proc);
  }

  /**
   * Compares the fork count with the events, which are drained before and after it is read.
   * @param last whether no audit follows, so that nothing may stay pending.
   * @returns how many forks without an event are new since the last audit. @throws ConnectorError
   */
  execute(last: boolean): number {
    const { proc, clock, drain } = this.#options;
    for (let drains = 0; drains < maxDrains && drain().length > 0; drains++);
    const startNs = clock.nowNs();
    const forks = readForkCount(proc);
    const endNs = clock.nowNs();
    const since = drain().filter(({ type, timeNs }) => type === 'fork' && timeNs > startNs);
    const later = since.filter(({ timeNs }) => timeNs > endNs).length;
    return this.#settle({ forks, during: since.length - later, later, last });
  }

  #settle({ forks, during, later, last }: ForkReading): number {
    if (this.#initialForks === undefined) return 0;
    if (forks === undefined) {
      if (last) this.#settled = this.#absent;
      return 0;
    }
    const { processes, threads, ownChildren } = this.#options.counts;
    const seen = processes + threads + ownChildren - later;
    const before = this.#absent;
    const absent = forks - this.#initialForks - seen;
    // A fork during the first read may be in that count, and have an event.
    this.#initialForks += Math.min(0, absent + during);
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
