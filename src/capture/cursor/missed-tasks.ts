import { readForkCount } from '../../proc/fork-count.ts';
import { countPidsBetween, type LoadavgCounters } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { SamplerClock } from '../core/sampler.ts';
import type { CounterReader } from './counter-reader.ts';
import type { PidCounts } from './pid-counts.ts';
import type { PidResolver } from './pid-resolver.ts';

/** Reads of the fork count that are needed take at most this share of the time, because a large machine takes longer. */
const maxReadShare = 0.01;
/** Reads that only keep the interval short take at most this share, and are at least this far apart. */
const maxRefreshShare = 0.001;
const minRefreshMs = 10;
/** So many forks can be between the allocation of their PID and the count, when the count is read. */
const maxEarly = 2;
/** A fork count that is short of the tasks seen by more than this is not the kernel's. */
const maxUncounted = 8;

export type MissedTasksOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  counts: PidCounts;
  resolver: PidResolver;
  counter: CounterReader;
  /** The loadavg numbers that the sampler has handled. */
  handled: Readonly<LoadavgCounters>;
  /** Whether this is the initial PID namespace, so that the counts include no tasks elsewhere. */
  ownTaskCount: boolean;
};

/**
 * Decides how many of the PIDs without a task were missed tasks. A PID that the counter passed is no proof of a spawn:
 * a fork can fail after its PID was allocated, and the counter can be set (checkpoint restore writes ns_last_pid). The
 * kernel counts the forks that succeeded, in all PID namespaces. So the missed tasks are at most the forks counted
 * minus the tasks seen.
 */
export class MissedTasks {
  readonly #options: MissedTasksOptions;
  /** The fork count when it was last read; undefined where it cannot be read or is not the kernel's. */
  #forks: number | undefined;
  /** The tasks seen until then. */
  #seen = 0;
  /** The missed tasks that are confirmed by the fork count. */
  #confirmed = 0;
  /** PIDs that the counter had passed until then, without those in use. */
  #passed = 0;
  /** PIDs passed that no fork is counted for yet: the kernel allocates a PID before it counts the fork. */
  #early = 0;
  /** PIDs that the last read took for PIDs without a spawn. Their forks may be counted late. */
  #doubted = 0;
  /** Forks counted until then whose PIDs were not resolved then. */
  #carried = 0;
  /** Tasks that were seen and are missing from the fork count. */
  #uncounted = 0;
  #nextReadMs = 0;
  #nextRefreshMs = 0;

  constructor(options: MissedTasksOptions) {
    this.#options = options;
  }

  /** PIDs counted as missed that the fork count has not confirmed yet. */
  get unconfirmed(): number {
    return Math.max(0, this.#options.counts.missed - this.#confirmed);
  }

  /** Reads the first fork count. Must be called before the PID counter is first read. */
  start(): void {
    this.#forks = readForkCount(this.#options.proc);
  }

  /** Corrects the missed tasks by the fork count, if there are new ones. `last`: whether to read it in any case. */
  confirm(nowMs: number, last = false): void {
    const { counts } = this.#options;
    if (counts.missed < this.#confirmed) {
      // A walk has found a process that was counted as missed. Its fork is already accounted for.
      this.#seen += this.#confirmed - counts.missed;
      this.#confirmed = counts.missed;
    }
    if (this.unconfirmed > 0 && (last || nowMs >= this.#nextReadMs)) this.#read();
  }

  /**
   * Reads the fork count so that the interval stays short, because forks of other PID namespaces in the same interval
   * could be missed tasks of this one. The initial namespace does not need it, because it includes all others.
   */
  refresh(nowMs: number): void {
    const { ownTaskCount, resolver } = this.#options;
    if (ownTaskCount) return;
    const dueMs = resolver.pending > 0 ? this.#nextReadMs : this.#nextRefreshMs;
    if (nowMs < dueMs) return;
    this.confirm(nowMs);
    if (nowMs >= this.#nextReadMs) this.#read();
  }

  #read(): void {
    const { proc, clock, counts, resolver, ownTaskCount } = this.#options;
    const startMs = clock.nowMs();
    const forks = this.#forks === undefined ? undefined : readForkCount(proc);
    // After the fork count: the PID of each fork that it includes is pending, or the counter has passed it by now.
    const ahead = this.#pidsNotHandled();
    const endMs = clock.nowMs();
    this.#nextReadMs = endMs + (endMs - startMs) / maxReadShare;
    this.#nextRefreshMs = endMs + Math.max(minRefreshMs, (endMs - startMs) / maxRefreshShare);

    const seen = counts.processes + counts.threads + counts.ownChildren - counts.explicit;
    const passed = counts.allocated - counts.alreadyInUse + ahead;
    const suspected = this.unconfirmed;
    const counted = forks !== undefined && this.#forks !== undefined ? forks - this.#forks : -1;
    const newlySeen = seen - this.#seen;
    this.#uncounted = Math.max(0, this.#uncounted + newlySeen - this.#carried - counted);
    const isTrusted = counted >= 0 && this.#uncounted <= maxUncounted;
    if (isTrusted) {
      // The rest are forks of other namespaces.
      const newlyPassed = Math.max(0, passed - this.#passed);
      const possible = ownTaskCount ? counted : Math.min(counted, newlyPassed + this.#early);
      this.#early = Math.min(maxEarly, newlyPassed + this.#early - possible);
      const unseen = possible + this.#carried - newlySeen;
      const missed = Math.min(suspected, Math.max(0, unseen));
      const rest = Math.max(0, unseen - missed);
      const late = Math.min(maxEarly, rest, this.#doubted);
      this.#doubted = suspected - missed;
      counts.missed += late - this.#doubted;
      counts.notSpawned += this.#doubted - late;
      this.#carried = Math.min(resolver.pending + ahead, rest - late);
    }
    this.#forks = isTrusted ? forks : undefined;
    this.#seen = seen;
    this.#passed = passed;
    this.#confirmed = counts.missed;
  }

  /** Returns how many PIDs the counter has passed since the last sample. */
  #pidsNotHandled(): number {
    const { counter, handled } = this.#options;
    if (!counter.read()) return 0;
    return countPidsBetween({ from: handled.pid, to: counter.current.pid, pidMax: counter.pidMax });
  }
}
