import { type SampleTime, zombieEvent } from '../../proc/lifecycle-events.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { isBeingReaped, isZombie } from '../../proc/stat.ts';
import { type SamplerClock, toNs } from '../core/sampler.ts';
import type { KernelProcess, KernelProcesses } from './kernel-processes.ts';
import { readThreads } from './read-threads.ts';
import { earlier } from './record-queue.ts';

/** A parent usually reaps its child within this time. Until then, it is not reported as a zombie. */
const graceMs = 5;
const recheckMs = 1;
/**
 * Zombies are checked at intervals from 2 ms, which grow up to 250 ms. With this factor, an interval is 2 ms and an eighth
 * of the time since the process was reported as a zombie.
 */
const firstDelayMs = 2;
const delayGrowth = 1.125;
const maxDelayMs = 250;
/** At most this many zombies are checked at once. */
const maxChecks = 32;
/** The time to the next checks, ms: at least this, and this for each zombie that was checked, which is 2 % of a core. */
const minScanIntervalMs = 2;
const msPerCheck = 0.125;

export type ZombieWatchOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  processes: KernelProcesses;
};

/**
 * Finds out when processes that have exited are reaped, because the kernel has no event for it. A process that is
 * reaped soon is reported as exited at the time of its exit event, and as a zombie otherwise.
 */
export class ZombieWatch {
  readonly #options: ZombieWatchOptions;
  /** Whether the proc root may hide processes of other users. */
  hidesProcesses = false;
  /** Exited processes that are not reported yet, and zombies that are. Some were reaped meanwhile. */
  #undecided: KernelProcess[] = [];
  #zombies: KernelProcess[] = [];
  #nextCheckMs = Number.POSITIVE_INFINITY;
  /** How many zombies the current pass has checked, and when the next of them is due. */
  #scanned = 0;
  #passDueMs = Number.POSITIVE_INFINITY;
  #nextScanMs = 0;

  constructor(options: ZombieWatchOptions) {
    this.#options = options;
  }

  /** The earliest exit that is not reported yet, CLOCK_MONOTONIC ns; undefined if there is none. */
  get earliestNs(): bigint | undefined {
    let earliest: bigint | undefined;
    for (const { exit } of this.#undecided) earliest = earlier(earliest, exit?.timeNs);
    return earliest;
  }

  /** Whether it is not decided yet which processes are zombies. */
  get isDeciding(): boolean {
    return this.#undecided.length > 0;
  }

  /** When the next zombie is checked, ms. */
  get dueMs(): number {
    return this.#zombies.length > 0
      ? Math.max(this.#nextCheckMs, this.#nextScanMs)
      : Number.POSITIVE_INFINITY;
  }

  /** Watches a process that has exited. */
  exited(process: KernelProcess, timeNs: bigint): void {
    process.exit = {
      timeNs,
      firstCheckMs: undefined,
      nextCheckMs: 0,
      delayMs: firstDelayMs,
      lastZombieMs: 0,
      isReaperStale: false,
    };
    this.#undecided.push(process);
  }

  /** Watches a process that was reported as a zombie when it was read. */
  foundZombie(process: KernelProcess, nowMs: number): void {
    this.exited(process, process.observed.zombieSinceNs ?? 0n);
    this.#undecided.pop();
    this.#addZombie(process, nowMs);
  }

  /** Checks the processes that are due. `last`: whether all have to be decided now. @throws ProcError */
  poll(nowMs: number, last = false): void {
    if (this.#undecided.length > 0) this.#decide(nowMs, last);
    const { zombieParents } = this.#options.processes;
    if (zombieParents.orphaned > 0)
      for (const { exit } of zombieParents.takeOrphaned()) {
        if (!exit) continue;
        // The new parent may reap it at once.
        exit.isReaperStale = true;
        exit.nextCheckMs = nowMs + recheckMs;
        this.#nextCheckMs = Math.min(this.#nextCheckMs, exit.nextCheckMs);
      }
    if (this.#zombies.length > 0 && nowMs >= this.#nextCheckMs && nowMs >= this.#nextScanMs)
      this.#scan(nowMs);
  }

  /** Removes a process that was reaped. `byNs`: when it was at the latest. */
  reaped(process: KernelProcess, byNs: bigint): void {
    const { exit, observed } = process;
    if (!exit) return;
    process.exit = undefined;
    if (!observed.zombie) this.#remove(process, { nowNs: exit.timeNs, windowNs: undefined });
    else this.#remove(process, this.#sinceLastCheck(exit.lastZombieMs, byNs));
  }

  #decide(nowMs: number, last: boolean): void {
    const undecided: KernelProcess[] = [];
    for (const process of this.#undecided) {
      const { exit } = process;
      // Without an exit, it was reaped and its PID reused, or another thread runs. A zombie was reported before an error.
      if (!exit || process.observed.zombie) continue;
      if (nowMs < exit.nextCheckMs && !last) undecided.push(process);
      else if (!this.#exists(process)) this.reaped(process, exit.timeNs);
      else if (last || nowMs - (exit.firstCheckMs ?? nowMs) >= graceMs) this.#report(process, nowMs);
      else {
        exit.firstCheckMs ??= nowMs;
        exit.nextCheckMs = nowMs + recheckMs;
        undecided.push(process);
      }
    }
    this.#undecided = undecided;
  }

  #exists({ observed: { pid } }: KernelProcess): boolean {
    const { proc } = this.#options;
    return proc.pidExists(pid) || (this.hidesProcesses && proc.isConcealed(pid));
  }

  /** Reads a process that has exited and is still there, and reports it as a zombie. */
  #report(process: KernelProcess, nowMs: number): void {
    const { proc, processes } = this.#options;
    const exit = process.exit as NonNullable<KernelProcess['exit']>;
    const reading = proc.readProcess(process.observed.pid);
    const stat = typeof reading === 'string' ? undefined : reading.stat;
    const isGone = reading === 'gone' && !this.#exists(process);
    if (isGone || (stat && (isBeingReaped(stat) || !processes.isSame(process, stat)))) {
      this.reaped(process, exit.timeNs);
      return;
    }
    if (stat && !isZombie(stat)) {
      // Events of its threads were lost.
      process.exit = undefined;
      process.threads = readThreads(proc, stat);
      process.observed = { ...process.observed, exitStatus: {} };
      return;
    }
    process.observed = {
      ...process.observed,
      zombie: true,
      reaperPid: stat?.ppid,
      zombieSinceNs: exit.timeNs,
    };
    const time = { nowNs: exit.timeNs, windowNs: undefined };
    processes.emit(process, zombieEvent(process.observed, { sinceNs: undefined, time }));
    this.#addZombie(process, nowMs);
  }

  #addZombie(process: KernelProcess, nowMs: number): void {
    const { exit, observed } = process;
    if (!exit) return;
    exit.lastZombieMs = nowMs;
    exit.nextCheckMs = nowMs + exit.delayMs;
    this.#nextCheckMs = Math.min(this.#nextCheckMs, exit.nextCheckMs);
    this.#options.processes.zombieParents.add(observed.reaperPid, process);
    this.#zombies.push(process);
  }

  /** Checks the zombies that are due, up to the bound, in turn. */
  #scan(nowMs: number): void {
    const list = this.#zombies;
    let checks = 0;
    for (; this.#scanned < list.length && checks < maxChecks; this.#scanned++) {
      const process = list[this.#scanned] as KernelProcess;
      if (process.exit && nowMs >= process.exit.nextCheckMs) {
        checks++;
        this.#check(process, process.exit, nowMs);
      }
      if (process.exit) this.#passDueMs = Math.min(this.#passDueMs, process.exit.nextCheckMs);
    }
    this.#nextScanMs = nowMs + Math.max(minScanIntervalMs, checks * msPerCheck);
    if (this.#scanned < list.length) return;
    this.#zombies = list.filter(({ exit }) => exit);
    this.#nextCheckMs = this.#passDueMs;
    this.#scanned = 0;
    this.#passDueMs = Number.POSITIVE_INFINITY;
  }

  #check(process: KernelProcess, exit: NonNullable<KernelProcess['exit']>, nowMs: number): void {
    const { clock, processes } = this.#options;
    const nowNs = clock.nowNs();
    if (!this.#exists(process) || (exit.isReaperStale && !this.#rereadReaper(process, nowNs))) {
      process.exit = undefined;
      this.#remove(process, this.#sinceLastCheck(exit.lastZombieMs, nowNs));
      return;
    }
    exit.lastZombieMs = nowMs;
    exit.delayMs = Math.min(maxDelayMs, exit.delayMs * delayGrowth);
    exit.nextCheckMs = nowMs + exit.delayMs;
    if (processes.get(process.observed.pid) !== process) process.exit = undefined;
  }

  /** Reads which process has to reap a zombie, and reports a new one. Returns whether the zombie is still there. */
  #rereadReaper(process: KernelProcess, nowNs: bigint): boolean {
    const { proc, processes } = this.#options;
    const reading = proc.readProcess(process.observed.pid);
    if (reading === 'gone') return this.#exists(process);
    if (process.exit) process.exit.isReaperStale = false;
    if (reading === 'hidden') return true;
    const { stat } = reading;
    if (isBeingReaped(stat) || !processes.isSame(process, stat)) return false;
    const { reaperPid, zombieSinceNs } = process.observed;
    if (stat.ppid === reaperPid) return true;
    processes.zombieParents.remove(reaperPid, process);
    process.observed = { ...process.observed, reaperPid: stat.ppid };
    processes.zombieParents.add(stat.ppid, process);
    const time = { nowNs, windowNs: undefined };
    processes.emit(process, zombieEvent(process.observed, { sinceNs: zombieSinceNs, time }));
    return true;
  }

  /** Returns a time in whose window a zombie was reaped. */
  #sinceLastCheck(lastZombieMs: number, nowNs: bigint): SampleTime {
    return { nowNs, windowNs: toNs(this.#options.clock.nowMs() - lastZombieMs) };
  }

  #remove(process: KernelProcess, time: SampleTime): void {
    this.#options.processes.remove(process, time);
  }
}
