import type { ProbeEvent } from '../../domain/events/event.ts';
import { observeAgain } from '../../proc/lifecycle.ts';
import type { SampleTime } from '../../proc/lifecycle-events.ts';
import type { ProcReader, ReadResult, StatSnapshot } from '../../proc/reader.ts';
import { isBeingReaped, isKernelThread, type ProcStat } from '../../proc/stat.ts';
import { clockTickNs } from '../../util/time.ts';
import type { SamplerClock } from '../core/sampler.ts';
import type { ForkAudit, TaskCounts } from './fork-audit.ts';
import type { KernelEvent } from './kernel-event.ts';
import type { KernelProcess, KernelProcesses } from './kernel-processes.ts';
import type { LostEvents } from './lost-events.ts';
import type { ProcessEvents } from './process-events.ts';
import { readThreads } from './read-threads.ts';
import type { Threads } from './threads.ts';
import type { UserChanges } from './user-changes.ts';
import type { ZombieWatch } from './zombie-watch.ts';

/** The event queue is drained after so many reads, because it holds only 250 events by default. */
const readsPerDrain = 32;
/** The event of a younger process may not have arrived. */
const minAgeTicks = 3n;

export type KernelWalkOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  processes: KernelProcesses;
  zombies: ZombieWatch;
  users: UserChanges;
  counts: TaskCounts;
  audit: ForkAudit;
  lost: LostEvents;
};

type Reading = { reading: ReadResult; threads: Threads | undefined; readNs: bigint };

/** Reads /proc: all processes at the start, and later those whose events were lost. */
export class KernelWalk {
  readonly #options: KernelWalkOptions;
  #count = 0;
  #startNs = 0n;

  constructor(options: KernelWalkOptions) {
    this.#options = options;
  }

  /**
   * Adds the processes that are alive at the start. Those forked since `startNs` are left to their events.
   * @param drain returns the events that are queued. They have to be applied afterwards.
   * @throws ProcError; no process is added then.
   */
  discover(startNs: bigint, drain: () => readonly KernelEvent[]): void {
    const { proc, clock, processes, zombies } = this.#options;
    this.#startNs = startNs;
    const forked = new Set<number>();
    const collect = () => {
      for (const { type, pid, tid, timeNs } of drain())
        if (type === 'fork' && tid === pid && timeNs > startNs) forked.add(pid);
    };
    const readings = new Map<number, Reading>();
    for (const pid of proc.listPids()) {
      const reading = proc.readProcess(pid);
      const threads = typeof reading === 'object' ? readThreads(proc, reading.stat) : undefined;
      readings.set(pid, { reading, threads, readNs: clock.nowNs() });
      if (readings.size % readsPerDrain === 0) collect();
    }
    collect();
    const time = { nowNs: startNs, windowNs: undefined };
    for (const [pid, { reading, threads, readNs }] of readings) {
      if (reading === 'gone' || forked.has(pid)) continue;
      if (reading === 'hidden') zombies.hidesProcesses = true;
      const process = processes.addRead({ pid, reading, time, initial: true });
      process.threads = threads;
      process.readNs = readNs;
      if (process.observed.zombie) zombies.foundZombie(process, clock.nowMs());
    }
  }

  /**
   * Compares a listing with the processes. Adds those that are missing, and removes those that are gone.
   * @param readAll whether to read the others as well, because events were lost.
   * @param events applies the queued events when `drain` is called.
   * @returns whether another walk has to confirm what this one found. @throws ProcError
   */
  walk(readAll: boolean, events: ProcessEvents, drain: () => void): boolean {
    const { proc, processes } = this.#options;
    const pids = proc.listPids();
    const number = ++this.#count;
    drain();
    const unknown: number[] = [];
    const listed: KernelProcess[] = [];
    for (const pid of pids) {
      const process = processes.get(pid);
      if (!process) unknown.push(pid);
      else {
        process.listedBy = number;
        if (!process.exit) listed.push(process);
      }
    }
    let again = false;
    for (const process of processes.values())
      if (process.listedBy !== number && this.#isUnconfirmed(process, events)) again = true;
    let reads = 0;
    const step = () => {
      if (++reads % readsPerDrain === 0) drain();
    };
    for (const pid of unknown) {
      step();
      if (processes.get(pid) === undefined && !this.add(pid, true)) again = true;
    }
    if (!readAll) return again;
    for (const process of listed) {
      step();
      const { pid } = process.observed;
      if (processes.get(pid) !== process || process.exit) continue;
      this.#reread(process, events);
    }
    return again;
  }

  /**
   * Adds a process that is not known, if it still exists. `mayBeNew`: whether its fork event can still arrive.
   * @returns false if it may be new, so that it was left to its event. @throws ProcError
   */
  add(pid: number, mayBeNew: boolean): boolean {
    const { proc, clock, processes, zombies, counts, audit, lost } = this.#options;
    const reading = proc.readProcess(pid);
    if (reading === 'gone' && !(zombies.hidesProcesses && proc.isConcealed(pid))) return true;
    const nowNs = clock.nowNs();
    const stat = typeof reading === 'object' ? reading.stat : undefined;
    if (mayBeNew && stat && this.#ageTicks(stat, nowNs) < minAgeTicks) return false;
    const shown = reading === 'gone' ? 'hidden' : reading;
    const process = processes.addRead({ pid, reading: shown, time: lost.timeOf(nowNs), initial: false });
    if (stat) process.threads = readThreads(proc, stat);
    if (process.observed.zombie) zombies.foundZombie(process, clock.nowMs());
    if (stat && this.#ageTicks(stat, this.#startNs) > 0n) return true;
    if (process.isOwnChild) counts.ownChildren++;
    else counts.processes++;
    audit.found();
    return true;
  }

  /** Returns how old a process was at a time, in clock ticks; at most 0: it was not there. */
  #ageTicks({ startTicks }: ProcStat, atNs: bigint): bigint {
    return (atNs + this.#options.processes.bootOffsetNs) / clockTickNs - BigInt(startTicks);
  }

  /**
   * Removes a process that two walks did not list, and that cannot be read. Its exit event was lost.
   * @returns whether another walk is needed to confirm it
   */
  #isUnconfirmed(process: KernelProcess, events: ProcessEvents): boolean {
    const { proc, clock, processes, zombies, lost } = this.#options;
    const { pid } = process.observed;
    const reading = proc.readProcess(pid);
    if (process.exit) {
      const isReused = typeof reading === 'object' && !processes.isSame(process, reading.stat);
      if (isReused) zombies.reaped(process, clock.nowNs());
      return false;
    }
    const isAlive = reading === 'hidden' || (reading !== 'gone' && processes.isSame(process, reading.stat));
    if (isAlive) return false;
    if (reading === 'gone' && proc.isConcealed(pid)) {
      processes.markHidden(process);
      return false;
    }
    const isConfirmed = process.unlistedBy === this.#count - 1 && this.#count > 1;
    process.unlistedBy = this.#count;
    if (isConfirmed) events.lost(process, lost.timeOf(clock.nowNs()));
    return !isConfirmed;
  }

  /** Reads a process whose events may have been lost, and reports what has changed. */
  #reread(process: KernelProcess, events: ProcessEvents): void {
    const { proc, clock, processes, lost } = this.#options;
    const { pid } = process.observed;
    const reading = proc.readProcess(pid);
    if (reading === 'gone') return;
    if (reading === 'hidden') {
      processes.markHidden(process);
      return;
    }
    if (isBeingReaped(reading.stat)) return;
    const time = lost.timeOf(clock.nowNs());
    if (!processes.isSame(process, reading.stat)) {
      events.lost(process, time);
      this.add(pid, false);
      return;
    }
    this.#update(process, reading, time);
  }

  #update(process: KernelProcess, { stat, uid }: StatSnapshot, time: SampleTime): void {
    const { proc, clock, processes, zombies, users } = this.#options;
    users.report(process);
    const changes: ProbeEvent[] = [];
    // The start ticks of records stay those that were computed.
    const startTicks = process.observed.startTicks ?? stat.startTicks;
    const known = { ...stat, startTicks };
    const { exitCodes } = processes;
    const again = { stat: known, uid, time, events: changes, exitCodes };
    processes.update(process, observeAgain(process.observed, again));
    for (const event of changes) processes.emit(process, event);
    process.readNs = time.nowNs;
    process.isKernelThread = isKernelThread(stat);
    if (process.observed.zombie) {
      processes.zombieParents.orphan(stat.pid);
      zombies.foundZombie(process, clock.nowMs());
    } else if (stat.threads !== (process.threads?.size ?? 1)) process.threads = readThreads(proc, stat);
  }
}
