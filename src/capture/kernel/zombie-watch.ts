import { type SampleTime, zombieEvent } from '../../proc/lifecycle-events.ts';
import { type ProcReader, tryReadStat } from '../../proc/reader.ts';
import { isBeingReaped, isZombie } from '../../proc/stat.ts';
import { type SamplerClock, toNs } from '../core/sampler.ts';
import type { KernelProcess, KernelProcesses, PendingExit } from './kernel-processes.ts';
import { readThreads } from './read-threads.ts';
import { earlier } from './record-queue.ts';
import { delayNextCheck, firstDelayMs, ZombieSchedule } from './zombie-schedule.ts';

/** A parent usually reaps its child within this time. Until then, it is not reported as a zombie. */
const graceMs = 5;
const recheckMs = 1;
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
  /** Exited processes that are not reported yet. Some were reaped meanwhile. */
  #undecided: KernelProcess[] = [];
  readonly #zombies = new ZombieSchedule();

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
    return this.#zombies.dueMs;
  }

  /** Watches a process that has exited. */
  exited(process: KernelProcess, timeNs: bigint): void {
    process.observed.cpuTicks = undefined;
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
    const { cpuTicks, zombieSinceNs = 0n } = process.observed;
    this.exited(process, zombieSinceNs);
    process.observed.cpuTicks = cpuTicks;
    this.#undecided.pop();
    this.#addZombie(process, nowMs);
  }

  /** Checks the processes that are due. `last`: whether all have to be decided now. @throws ProcError */
  poll(nowMs: number, last = false): void {
    if (this.#undecided.length > 0) this.#decide(nowMs, last);
    const { zombieParents } = this.#options.processes;
    if (zombieParents.orphaned > 0)
      for (const { exit } of zombieParents.takeOrphaned()) if (exit) this.#zombies.expedite(exit, nowMs);
    this.#zombies.scan(nowMs, this.#check);
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
        if (exit.firstCheckMs === undefined) this.#readCpu(process);
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

  /** Reads the total CPU time of a process that has exited and is not reaped yet. */
  #readCpu(process: KernelProcess): void {
    const stat = tryReadStat(this.#options.proc, process.observed.pid);
    const isSame = stat && isZombie(stat) && this.#options.processes.isSame(process, stat);
    if (isSame) process.observed.cpuTicks = stat.cpuTicks;
  }

  /** Reads a process that has exited and is still there, and reports it as a zombie. */
  #report(process: KernelProcess, nowMs: number): void {
    const { proc, processes } = this.#options;
    const exit = process.exit as PendingExit;
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
    const { cpuTicks = process.observed.cpuTicks, ppid: reaperPid } = stat ?? {};
    process.observed = { ...process.observed, zombie: true, reaperPid, zombieSinceNs: exit.timeNs, cpuTicks };
    const time = { nowNs: exit.timeNs, windowNs: undefined };
    processes.emit(process, zombieEvent(process.observed, { sinceNs: undefined, time }));
    this.#addZombie(process, nowMs);
  }

  #addZombie(process: KernelProcess, nowMs: number): void {
    const { exit, observed } = process;
    if (!exit) return;
    this.#options.processes.zombieParents.add(observed.reaperPid, process);
    this.#zombies.add(process, exit, nowMs);
  }

  /** Finds out whether a zombie was reaped. */
  readonly #check = (process: KernelProcess, exit: PendingExit, nowMs: number): void => {
    const { clock, processes } = this.#options;
    const nowNs = clock.nowNs();
    if (!this.#exists(process) || (exit.isReaperStale && !this.#rereadReaper(process, nowNs))) {
      process.exit = undefined;
      this.#remove(process, this.#sinceLastCheck(exit.lastZombieMs, nowNs));
      return;
    }
    delayNextCheck(exit, nowMs);
    if (processes.get(process.observed.pid) !== process) process.exit = undefined;
  };

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
