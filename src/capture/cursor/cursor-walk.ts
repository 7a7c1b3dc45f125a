import { IncompleteListingError } from '../../proc/errors.ts';
import { isPidBetween } from '../../proc/loadavg.ts';
import type { ProcReader, ReadResult } from '../../proc/reader.ts';
import { type SamplerClock, toNs } from '../core/sampler.ts';
import type { PidResolver } from './pid-resolver.ts';
import type { RecentProcesses } from './recent-processes.ts';
import { isSameProcess, noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

export type WalkOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  processes: TrackedProcesses;
  recent: RecentProcesses;
  resolver: PidResolver;
};

type Unlisted = { exited: readonly TrackedProcess[]; concealed: readonly TrackedProcess[] };
const noneUnlisted: Unlisted = { exited: [], concealed: [] };

type FoundProcess = { pid: number; fd: number; reading: ReadResult };

/**
 * Lists /proc and compares it with the tracked processes. A tracked process that is not listed has exited. A listed
 * process that is not tracked was missed by the counter. Only names and differences are read: 5,000 processes take 5 ms
 * instead of 50 ms.
 */
export class CursorWalk {
  readonly #options: WalkOptions;
  #count = 0;
  #lastWalkMs = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** Time of the last walk, ms. */
  get lastWalkMs(): number {
    return this.#lastWalkMs;
  }

  /** Counts the discovery as the first walk. */
  start(nowMs: number): void {
    this.#lastWalkMs = nowMs;
  }

  /**
   * Walks once.
   * @param after the last PID that the cursor sampler has handled.
   * @param readCounter reads the PID counter. PIDs after `after`, up to the counter, are left to the cursor sampler.
   * @throws ProcError, IncompleteListingError; no process is added, removed or hidden then.
   */
  execute(after: number, readCounter: () => number): void {
    const { proc, clock, processes, recent, resolver } = this.#options;
    const pids = proc.listPids();
    const upTo = readCounter();
    this.#count++;
    const unknown: number[] = [];
    let listed = 0;
    for (const pid of pids) {
      const tracked = processes.get(pid);
      if (tracked) {
        tracked.lastWalk = this.#count;
        listed++;
      } else if (!isPidBetween(pid, after, upTo)) {
        unknown.push(pid);
      }
    }
    const { exited, concealed } = listed < processes.size ? this.#unlisted() : noneUnlisted;
    const found = this.#openAll(unknown);

    const nowNs = clock.nowNs();
    const nowMs = clock.nowMs();
    for (const tracked of concealed) processes.markHidden(tracked);
    for (const tracked of exited) {
      const windowNs = toNs(nowMs - Math.max(this.#lastWalkMs, tracked.lastAliveMs));
      processes.remove(tracked, { nowNs, windowNs });
    }
    const time = { nowNs, windowNs: toNs(nowMs - this.#lastWalkMs) };
    for (const { pid, fd, reading } of found) {
      const tracked = processes.add({ pid, reading, fd, time, nowMs });
      resolver.foundByWalk(tracked);
      if (fd !== noFd) recent.add(tracked, nowMs);
    }
    this.#lastWalkMs = nowMs;
  }

  /** Returns the tracked processes that the current walk did not list: exited ones, and hidden ones without descriptor. */
  #unlisted(): Unlisted {
    const { proc, processes } = this.#options;
    const unlisted: { exited: TrackedProcess[]; concealed: TrackedProcess[] } = { exited: [], concealed: [] };
    for (const tracked of processes.values()) {
      if (tracked.lastWalk === this.#count) continue;
      if (!this.#isAlive(tracked)) unlisted.exited.push(tracked);
      else if (!this.#isConcealed(tracked))
        throw new IncompleteListingError('a living process is not listed', { path: proc.root });
      // An open stat file can still be read.
      else if (tracked.fd === noFd) unlisted.concealed.push(tracked);
    }
    return unlisted;
  }

  #isAlive(tracked: TrackedProcess): boolean {
    const { proc } = this.#options;
    if (tracked.fd !== noFd) return proc.readStat(tracked.fd) !== 'gone';
    const reading = proc.readProcess(tracked.observed.pid);
    if (reading === 'gone') return proc.isConcealed(tracked.observed.pid);
    return reading === 'hidden' || isSameProcess(tracked, reading.stat);
  }

  /** Returns whether a live process is missing from the listing because the proc root hides it (hidepid=2). */
  #isConcealed({ observed: { pid } }: TrackedProcess): boolean {
    const { proc } = this.#options;
    return !proc.pidExists(pid) && proc.isConcealed(pid);
  }

  #openAll(pids: readonly number[]): FoundProcess[] {
    const { proc } = this.#options;
    const found: FoundProcess[] = [];
    try {
      for (const pid of pids) {
        const stat = proc.openStat(pid);
        if (stat === 'gone') continue;
        if (stat === 'hidden') found.push({ pid, fd: noFd, reading: stat });
        else found.push({ pid, fd: stat.fd, reading: stat.snapshot });
      }
    } catch (error) {
      for (const { fd } of found) if (fd !== noFd) proc.close(fd);
      throw error;
    }
    return found;
  }
}
