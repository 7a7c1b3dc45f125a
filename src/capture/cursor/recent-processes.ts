import { isUnchanged } from '../../proc/lifecycle.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { awaitsExec, isKernelThread, type ProcStat } from '../../proc/stat.ts';
import { type SamplerClock, toNs } from '../core/sampler.ts';
import type { OldProcesses } from './old-processes.ts';
import { noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** A process is recent for this long, ms. Reading an open stat file costs half of opening it, and fails on exit. */
const recentMs = 1000;
/** The delay between reads for an exec after a fork grows from the minimum to the maximum. */
const minBackoffMs = 0.5;
const backoffFactor = 1.5;
const maxBackoffMs = 50;
/**
 * A child that exits 0.2 ms after its exec must be read in that time to get its comm. While there are at most
 * `fewProcesses` recent ones, those younger than `newProcessMs` are read with nearly every sample.
 */
const newProcessMs = 2;
const newProcessDelayMs = 0.1;
const fewProcesses = 16;
/** Reads per sample are bounded, so that new PIDs are never delayed. */
const maxReadsPerSample = 128;
/** Reading all recent processes takes at most this share of the time. */
const maxScanShare = 0.1;
/** Exited entries are removed from the list when there are more than this, and more than half have exited. */
const minSweep = 16;

export type RecentProcessesOptions = {
  proc: ProcReader;
  processes: TrackedProcesses;
  oldProcesses: OldProcesses;
  /** How many stat files may be open at once. */
  maxOpenStats: number;
  clock: SamplerClock;
  /** Closes descriptors that are not needed to follow processes. Returns false when none was open. */
  closeOtherFds?: (() => boolean) | undefined;
};

export type PollOptions = {
  /** How many exits the task count implies that were not found yet. */
  missingExits: number;
  nowMs: number;
  nowNs: bigint;
  /** A moment at which every tracked process was known to be alive. */
  allAliveMs: number;
};

/** `complete`: all recent processes were read in search of exits. */
export type PollResult = { exits: number; complete: boolean };

/** The processes spawned within the last second. Their stat files stay open to detect exec and exit quickly. */
export class RecentProcesses {
  readonly #proc: ProcReader;
  readonly #processes: TrackedProcesses;
  readonly #clock: SamplerClock;
  readonly #old: OldProcesses;
  readonly #closeOtherFds: () => boolean;
  #maxOpenStats: number;
  /** Oldest first. Exited processes have no descriptor, and are removed later. */
  #list: TrackedProcess[] = [];
  #toRecheck: TrackedProcess[] = [];
  #nextDueMs = Number.POSITIVE_INFINITY;
  /** When the next complete scan is allowed. */
  #nextScanMs = 0;
  /** Where the next scan continues in the list, if the last one was incomplete. */
  #scanFrom = 0;
  /** How far from the end of the list the last exit was found. */
  #exitDistance = 1;
  /** The results of the current poll. */
  readonly #changed: { tracked: TrackedProcess; stat: ProcStat }[] = [];
  readonly #exited: TrackedProcess[] = [];

  constructor(options: RecentProcessesOptions) {
    const { proc, processes, oldProcesses, maxOpenStats, clock, closeOtherFds = () => false } = options;
    this.#proc = proc;
    this.#processes = processes;
    this.#old = oldProcesses;
    this.#closeOtherFds = closeOtherFds;
    this.#maxOpenStats = maxOpenStats;
    this.#clock = clock;
  }

  /** How many processes are recent, some of which may have exited. */
  get size(): number {
    return this.#list.length;
  }

  /** Returns when `poll` is due, ms. */
  dueMs(): number {
    return this.#toRecheck.length > 0 ? Number.NEGATIVE_INFINITY : this.#nextDueMs;
  }

  add(tracked: TrackedProcess, nowMs: number): void {
    if (this.#maxOpenStats === 0) {
      this.#close(tracked);
      return;
    }
    this.#list.push(tracked);
    if (this.#list.length > this.#maxOpenStats) this.#close(this.#list.shift() as TrackedProcess);
    tracked.backoffMs = minBackoffMs;
    const soon = tracked.observed.awaitsExec && this.#list.length <= fewProcesses;
    this.#setDue(tracked, nowMs + (soon ? newProcessDelayMs : minBackoffMs));
  }

  /** Reads this process with the next poll, because a probe of its PID found nothing. */
  recheck(tracked: TrackedProcess): void {
    this.#toRecheck.push(tracked);
  }

  /** Closes all descriptors and halves the limit, those needed least first. @returns false when none was open. */
  closeAll(): boolean {
    if (this.#closeOtherFds() || this.#old.closeAll()) return true;
    if (this.#list.length === 0) return false;
    this.#maxOpenStats = this.#list.length >> 1;
    for (const tracked of this.#list) this.#close(tracked);
    this.#list = [];
    return true;
  }

  /**
   * Reads the processes that are due. While exits are missing, it reads the others as well, until that many are found.
   * @throws ProcError, with no process changed.
   */
  poll({ missingExits, nowMs, nowNs, allAliveMs }: PollOptions): PollResult {
    this.#changed.length = 0;
    this.#exited.length = 0;
    if (this.#toRecheck.length > 0) this.#recheckAll(nowMs);
    const scan = missingExits > 0 && nowMs >= this.#nextScanMs;
    const scanStartMs = scan ? this.#clock.nowMs() : 0;
    let reads = 0;
    if (scan || nowMs >= this.#nextDueMs) reads = this.#readWanted(nowMs, scan ? missingExits : 0);
    if (this.#toRecheck.length > 0) this.#toRecheck = [];

    for (const { tracked, stat } of this.#changed) {
      const time = { nowNs, windowNs: toNs(nowMs - tracked.lastAliveMs) };
      this.#processes.update(tracked, { stat, uid: undefined, time, nowMs });
      if (tracked.fd !== noFd) this.#schedule(tracked, nowMs, stat);
    }
    for (const tracked of this.#exited) {
      const windowNs = toNs(nowMs - Math.max(tracked.lastAliveMs, allAliveMs));
      this.#processes.remove(tracked, { nowNs, windowNs });
    }
    if (scan) {
      const endMs = this.#clock.nowMs();
      this.#nextScanMs = endMs + (endMs - scanStartMs) * (1 / maxScanShare - 1);
    }
    return { exits: this.#exited.length, complete: scan && reads < maxReadsPerSample };
  }

  /** Closes the descriptors of processes that are no longer recent. */
  expire(nowMs: number): void {
    let expired = 0;
    while (expired < this.#list.length) {
      const tracked = this.#list[expired] as TrackedProcess;
      if (nowMs - tracked.firstSeenMs < recentMs && tracked.fd !== noFd) break;
      this.#close(tracked);
      expired++;
    }
    if (expired > 0) this.#list = this.#list.slice(expired);
  }

  #recheckAll(nowMs: number): void {
    for (const tracked of this.#toRecheck) {
      const { pid } = tracked.observed;
      if (this.#processes.get(pid) !== tracked) continue;
      if (tracked.fd !== noFd) this.#read(tracked, nowMs);
      else if (this.#proc.readProcess(pid) === 'gone' && this.#processes.hasExited(tracked))
        this.#exited.push(tracked);
    }
  }

  /** Reads a process and schedules its next read. A change or an exit is only recorded. */
  #read(tracked: TrackedProcess, nowMs: number): void {
    const stat = this.#proc.readStat(tracked.fd, tracked.observed.commBytes);
    if (stat === 'gone') {
      // A process to recheck may be due as well.
      if (!this.#exited.includes(tracked)) this.#exited.push(tracked);
    } else if (nowMs < tracked.uidDueMs && isUnchanged(tracked.observed, stat)) {
      tracked.lastAliveMs = nowMs;
      this.#schedule(tracked, nowMs, stat);
    } else {
      this.#changed.push({ tracked, stat });
    }
  }

  /**
   * Reads the processes that are due, and the others until `missingExits` exits were found, up to the bound. It sets when
   * the next one is due. @returns how many were read
   */
  #readWanted(nowMs: number, missingExits: number): number {
    const list = this.#list;
    const from = missingExits > 0 ? this.#scanStart() : 0;
    let nextDueMs = Number.POSITIVE_INFINITY;
    let reads = 0;
    let closed = 0;
    for (let step = 0; step < list.length; step++) {
      const tracked = list[(from + step) % list.length] as TrackedProcess;
      if (tracked.fd === noFd) {
        closed++;
      } else if (
        reads < maxReadsPerSample &&
        (nowMs >= tracked.nextReadMs || this.#exited.length < missingExits)
      ) {
        reads++;
        const exits = this.#exited.length;
        this.#read(tracked, nowMs);
        if (this.#exited.length > exits) this.#exitDistance = list.length - ((from + step) % list.length);
        if (tracked.nextReadMs > nowMs && tracked.nextReadMs < nextDueMs) nextDueMs = tracked.nextReadMs;
      } else if (tracked.nextReadMs < nextDueMs) {
        nextDueMs = tracked.nextReadMs;
      }
    }
    this.#scanFrom = reads < maxReadsPerSample ? 0 : from + reads;
    this.#nextDueMs = nextDueMs;
    if (closed > minSweep && closed * 2 > list.length) this.#list = list.filter(({ fd }) => fd !== noFd);
    return reads;
  }

  /**
   * Returns where in the list to start searching for exits: after the previous scan if that was incomplete, otherwise a
   * little before the place where the last one was found, because processes of one kind live about as long.
   */
  #scanStart(): number {
    const { length } = this.#list;
    if (this.#scanFrom > 0 && this.#scanFrom < length) return this.#scanFrom;
    return Math.max(0, length - this.#exitDistance - (this.#exitDistance >> 2));
  }

  #schedule(tracked: TrackedProcess, nowMs: number, stat: ProcStat): void {
    tracked.backoffMs =
      tracked.backoffMs === 0 ? minBackoffMs : Math.min(maxBackoffMs, tracked.backoffMs * backoffFactor);
    if (isKernelThread(stat)) tracked.backoffMs = maxBackoffMs;
    const isNew = nowMs - tracked.firstSeenMs < newProcessMs;
    const soon = awaitsExec(stat) && isNew && this.#list.length <= fewProcesses;
    if (soon) tracked.backoffMs = minBackoffMs;
    this.#setDue(tracked, nowMs + (soon ? newProcessDelayMs : tracked.backoffMs));
  }

  #setDue(tracked: TrackedProcess, dueMs: number): void {
    tracked.nextReadMs = dueMs;
    if (dueMs < this.#nextDueMs) this.#nextDueMs = dueMs;
  }

  #close(tracked: TrackedProcess): void {
    if (tracked.fd === noFd) return;
    this.#proc.close(tracked.fd);
    tracked.fd = noFd;
  }
}
