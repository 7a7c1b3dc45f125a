import type { ChurnRecord, ProbeEvent } from '../../domain/events/event.ts';
import { ExitCodeAccess } from '../../proc/exit-code-access.ts';
import { observeFirst } from '../../proc/lifecycle.ts';
import { exitEvent, type ObservedProcess, type SampleTime } from '../../proc/lifecycle-events.ts';
import type { ProcReader, ReadResult } from '../../proc/reader.ts';
import { isKernelThread, isThread, type ProcStat } from '../../proc/stat.ts';
import { ZombieParents } from '../core/zombie-parents.ts';
import { RecordQueue } from './record-queue.ts';
import { StartClock } from './start-clock.ts';
import type { Threads } from './threads.ts';

/** An exit that was not yet followed by the proof that the process was reaped. */
export type PendingExit = {
  timeNs: bigint;
  /** When it was first checked whether the process was reaped; undefined: not yet. */
  firstCheckMs: number | undefined;
  nextCheckMs: number;
  /** Delay between the next check and the one after it, ms. */
  delayMs: number;
  /** When the process was last seen as a zombie. */
  lastZombieMs: number;
  /** Whether its parent may have changed since it was read. */
  isReaperStale: boolean;
};

/** A live process of the kernel sampler, or one that has exited and may not be reaped. It is changed in place. */
export type KernelProcess = {
  observed: ObservedProcess;
  /** Undefined: only the main thread. */
  threads: Threads | undefined;
  isKernelThread: boolean;
  /** Whether it is a child of churntop, which is tracked but not reported. */
  isOwnChild: boolean;
  /** When it was read from /proc, so that earlier events are ignored. */
  readNs: bigint;
  /** When it last executed a program. Exits of threads until then do not end it. */
  execNs: bigint;
  exit: PendingExit | undefined;
  /** The last exit of a thread with another status than 0. */
  threadExit: { timeNs: bigint; status: number } | undefined;
  /** A change of the user that is not reported yet, because an exec may follow. */
  userChange: { uid: number; timeNs: bigint; dueMs: number } | undefined;
  /** Number of the last walk that listed it, and of the last one that did not. */
  listedBy: number;
  unlistedBy: number;
};

/** The defaults of a process that was just found. */
export const newProcess = (observed: ObservedProcess): KernelProcess => ({
  observed,
  threads: undefined,
  isKernelThread: false,
  isOwnChild: false,
  readNs: 0n,
  execNs: 0n,
  exit: undefined,
  threadExit: undefined,
  userChange: undefined,
  listedBy: 0,
  unlistedBy: 0,
});

type FirstReading = { pid: number; reading: ReadResult; time: SampleTime; initial: boolean };

type KernelProcessesOptions = {
  proc: ProcReader;
  bootOffsetNs: bigint;
  /** Children of this PID are not reported. Undefined: report all. */
  ownPid: number | undefined;
};

/** The processes by PID, and the records of their changes. */
export class KernelProcesses {
  readonly zombieParents = new ZombieParents<KernelProcess>();
  readonly records = new RecordQueue();
  readonly startClock: StartClock;
  /** Whether exit codes of 0 can be read of zombies whose exit event was lost. */
  readonly exitCodes: ExitCodeAccess;
  readonly #ownPid: number | undefined;
  #bootOffsetNs: bigint;
  readonly #byPid = new Map<number, KernelProcess>();
  #hidden = 0;

  constructor({ proc, bootOffsetNs, ownPid }: KernelProcessesOptions) {
    this.startClock = new StartClock(bootOffsetNs);
    this.#bootOffsetNs = bootOffsetNs;
    this.#ownPid = ownPid;
    this.exitCodes = new ExitCodeAccess(proc);
  }

  /** Boot clock minus monotonic clock, ns. */
  get bootOffsetNs(): bigint {
    return this.#bootOffsetNs;
  }

  setBootOffset(bootOffsetNs: bigint): void {
    this.#bootOffsetNs = bootOffsetNs;
    this.startClock.setBootOffset(bootOffsetNs);
  }

  get size(): number {
    return this.#byPid.size;
  }

  /** How many of them this user may not read. */
  get hidden(): number {
    return this.#hidden;
  }

  get(pid: number): KernelProcess | undefined {
    return this.#byPid.get(pid);
  }

  values(): MapIterator<KernelProcess> {
    return this.#byPid.values();
  }

  isOwnChild(parentPid: number | undefined): boolean {
    return this.#ownPid !== undefined && parentPid === this.#ownPid;
  }

  add(process: KernelProcess): void {
    this.#byPid.set(process.observed.pid, process);
    if (process.observed.hidden) this.#hidden++;
  }

  /** Adds a process that was found in /proc. */
  addRead({ pid, reading, time, initial }: FirstReading): KernelProcess {
    const stat = typeof reading === 'string' ? undefined : reading.stat;
    const isOwnChild = !initial && this.isOwnChild(stat?.ppid);
    const events: ProbeEvent[] = [];
    const observed = observeFirst({ pid, reading, time, initial, events, exitCodes: this.exitCodes });
    const process: KernelProcess = {
      ...newProcess(observed),
      isKernelThread: stat !== undefined && isKernelThread(stat),
      isOwnChild,
      readNs: time.nowNs,
    };
    this.add(process);
    for (const event of events) this.emit(process, event);
    return process;
  }

  /** Emits a record of a process, unless it is a child of churntop. */
  emit(process: KernelProcess, record: ChurnRecord): void {
    if (!process.isOwnChild) this.records.push(record);
  }

  /** Marks a live process that this user may no longer read. */
  markHidden(process: KernelProcess): void {
    if (process.observed.hidden) return;
    process.observed = { ...process.observed, hidden: true };
    this.#hidden++;
  }

  /** Replaces what is known of a process after it was read. */
  update(process: KernelProcess, observed: ObservedProcess): void {
    this.#hidden += Number(observed.hidden) - Number(process.observed.hidden);
    process.observed = observed;
  }

  /** Removes a process that has exited and was reaped, and emits its exit. */
  remove(process: KernelProcess, time: SampleTime): void {
    const { observed } = process;
    if (this.#byPid.get(observed.pid) === process) this.#byPid.delete(observed.pid);
    if (observed.hidden) this.#hidden--;
    this.zombieParents.remove(observed.reaperPid, process);
    this.emit(process, exitEvent(observed, time, this.#bootOffsetNs));
  }

  /** Returns whether a stat line is that of the process: its PID may belong to another process or thread by now. */
  isSame({ observed }: KernelProcess, stat: ProcStat): boolean {
    if (isThread(stat)) return false;
    if (observed.startTicks === undefined || observed.startTicks === stat.startTicks) return true;
    return !observed.initial && this.startClock.isPossible(observed.firstSeenNs, stat.startTicks);
  }
}
