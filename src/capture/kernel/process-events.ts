import { decodeWaitStatus } from '../../domain/events/exit-status.ts';
import { type Comm, decodeComm, toComm } from '../../proc/comm.ts';
import { tryRead } from '../../proc/errors.ts';
import { execEvent, type SampleTime, spawnedEvent } from '../../proc/lifecycle-events.ts';
import type { ProcReader, StatSnapshot } from '../../proc/reader.ts';
import { isKernelThread } from '../../proc/stat.ts';
import type { ExecNames } from './exec-names.ts';
import type { TaskCounts } from './fork-audit.ts';
import type { CommEvent, ExecEvent, ExitEvent, ForkEvent, KernelEvent, UidEvent } from './kernel-event.ts';
import { type KernelProcess, type KernelProcesses, newProcess } from './kernel-processes.ts';
import type { LostEvents } from './lost-events.ts';
import { readComm } from './read-threads.ts';
import { Threads } from './threads.ts';
import type { UserChanges } from './user-changes.ts';
import type { ZombieWatch } from './zombie-watch.ts';

/** The PID of kthreadd, the parent of kernel threads. */
const kthreadd = 2;
/** Events of two threads can arrive in reverse order within this time. */
const maxReorderNs = 10_000_000n;

export type ProcessEventsOptions = {
  proc: ProcReader;
  processes: KernelProcesses;
  zombies: ZombieWatch;
  users: UserChanges;
  counts: TaskCounts;
  names: ExecNames;
  /** Adds a process that an event shows and that is not known, if it still exists. */
  addUnknown: (pid: number) => void;
  lost: LostEvents;
};

/** Applies the events of the kernel to the processes. */
export class ProcessEvents {
  readonly #options: ProcessEventsOptions;
  /** When discovery began: forks until then are part of the listing. */
  startNs = 0n;

  constructor(options: ProcessEventsOptions) {
    this.#options = options;
  }

  apply(event: KernelEvent, nowMs: number): void {
    switch (event.type) {
      case 'fork':
        if (event.timeNs <= this.startNs) return;
        if (event.tid === event.pid) this.#processForked(event);
        else this.#threadCreated(event);
        return;
      case 'exec':
        this.#execed(event);
        return;
      case 'comm':
        this.#renamed(event);
        return;
      case 'uid':
        this.#userChanged(event, nowMs);
        return;
      case 'exit':
        this.#threadExited(event);
    }
  }

  #threadCreated({ pid, tid, timeNs }: ForkEvent): void {
    const { processes, counts } = this.#options;
    counts.threads++;
    const previous = processes.get(tid);
    if (previous) this.#replaced(previous, timeNs);
    const process = processes.get(pid);
    if (!process) return;
    process.threads ??= new Threads([pid], true);
    process.threads.add(tid);
  }

  #processForked(event: ForkEvent): void {
    const { processes, counts } = this.#options;
    const { startClock } = processes;
    const { pid, timeNs, parentPid } = event;
    const previous = processes.get(pid);
    if (previous) {
      // A walk was faster than the event.
      if (this.#isForkOf(previous, timeNs)) return;
      this.#replaced(previous, timeNs);
    }
    const parent = processes.get(parentPid);
    const startTicks = startClock.ticksAt(timeNs);
    const isNameKnown = parent !== undefined && !parent.isKernelThread && isCommKnown(parent);
    // The name that is read may be that of a later exec.
    const reading = isNameKnown && startTicks !== undefined ? undefined : this.#readNew(pid, timeNs);
    const comm = isNameKnown ? this.#commOfParent(parent, event.parentTid) : commOf(reading);
    const isOwnChild = processes.isOwnChild(parentPid);
    if (isOwnChild) counts.ownChildren++;
    else counts.processes++;
    const process = newProcess({
      pid,
      startTicks: reading?.stat.startTicks ?? startTicks ?? startClock.estimateTicks(timeNs),
      comm: comm?.comm ?? parent?.observed.comm ?? '',
      commHex: comm ? comm.hex : parent?.observed.commHex,
      uid: parent?.userChange?.uid ?? parent?.observed.uid ?? reading?.uid,
      hidden: false,
      goneAtFirstRead: false,
      awaitsExec: true,
      zombie: false,
      reaperPid: undefined,
      zombieSinceNs: undefined,
      exitStatus: {},
      firstSeenNs: timeNs,
      initial: false,
    });
    process.isOwnChild = isOwnChild;
    process.isKernelThread = reading
      ? isKernelThread(reading.stat)
      : parentPid === kthreadd && parent?.isKernelThread === true;
    processes.add(process);
    const { isKernelThread: isKernel } = process;
    const time = { nowNs: timeNs, windowNs: undefined };
    const isCommUnread = comm === undefined;
    const details = { ppid: parentPid, isKernelThread: isKernel, isCommUnread, time };
    processes.emit(process, spawnedEvent(process.observed, details));
  }

  /** Returns whether a known process is the one that was forked at this time. */
  #isForkOf({ observed, exit }: KernelProcess, timeNs: bigint): boolean {
    if (exit || observed.startTicks === undefined) return false;
    return this.#options.processes.startClock.isPossible(timeNs, observed.startTicks);
  }

  /** Removes a process whose PID was allocated again. */
  #replaced(process: KernelProcess, timeNs: bigint): void {
    const { zombies, lost } = this.#options;
    if (process.exit) zombies.reaped(process, timeNs);
    else this.lost(process, lost.timeOf(timeNs));
  }

  /** Removes a process that has exited without an event. */
  lost(process: KernelProcess, time: SampleTime): void {
    const { processes, users } = this.#options;
    users.report(process);
    processes.zombieParents.orphan(process.observed.pid);
    processes.remove(process, time);
  }

  /** Reads a process that was forked at `timeNs`; undefined if it is gone or hidden. */
  #readNew(pid: number, timeNs: bigint): StatSnapshot | undefined {
    const { proc, processes } = this.#options;
    const { startClock } = processes;
    const reading = tryRead(() => proc.readProcess(pid));
    if (typeof reading !== 'object' || !startClock.isPossible(timeNs, reading.stat.startTicks))
      return undefined;
    startClock.learn(timeNs, reading.stat.startTicks);
    return reading;
  }

  /** Returns the name that a thread of a process passes to its children. */
  #commOfParent({ threads, observed }: KernelProcess, tid: number): Comm {
    const comm =
      tid === observed.pid ? undefined : threads?.nameOf(tid, (id) => readComm(this.#options.proc, id));
    return comm ?? toComm(observed.comm, observed.commHex);
  }

  #execed(event: ExecEvent): void {
    const { pid, timeNs } = event;
    const { processes, users, names, addUnknown } = this.#options;
    const process = processes.get(pid);
    if (!process) {
      if (timeNs > this.startNs) addUnknown(pid);
      return;
    }
    if (timeNs <= process.readNs) return;
    const comm = names.of(event);
    const previousComm = process.observed.comm;
    users.mergeIntoExec(process);
    process.threads = undefined;
    process.execNs = timeNs;
    process.isKernelThread = false;
    // The exit was that of the main thread: another thread has executed the program.
    if (!process.observed.zombie) process.exit = undefined;
    process.observed = {
      ...process.observed,
      ...(comm && { comm: comm.comm, commHex: comm.hex }),
      awaitsExec: false,
      exitStatus: {},
    };
    const time = { nowNs: timeNs, windowNs: undefined };
    const details = { previousComm, isCommUnread: comm === undefined, time };
    processes.emit(process, execEvent(process.observed, details));
  }

  #renamed({ pid, tid, timeNs, comm: bytes }: CommEvent): void {
    const { processes } = this.#options;
    const process = processes.get(pid);
    if (!process) return;
    const { comm, hex } = decodeComm(bytes);
    if (tid !== pid) {
      process.threads?.rename(tid, toComm(comm, hex));
      return;
    }
    const { comm: previousComm, commHex: previousHex } = process.observed;
    if (timeNs <= process.readNs || (comm === previousComm && hex === previousHex)) return;
    process.threads?.mainThreadRenamed(pid, toComm(previousComm, previousHex));
    process.observed = { ...process.observed, comm, commHex: hex };
    const time = { nowNs: timeNs, windowNs: undefined };
    processes.emit(process, execEvent(process.observed, { previousComm, isRename: true, time }));
  }

  #userChanged({ pid, tid, timeNs, uid }: UidEvent, nowMs: number): void {
    const { processes, users } = this.#options;
    const process = tid === pid ? processes.get(pid) : undefined;
    if (process && timeNs > process.readNs) users.add(process, { uid, timeNs, nowMs });
  }

  #threadExited(event: ExitEvent): void {
    const { pid, tid, timeNs, status } = event;
    const { processes, users, zombies } = this.#options;
    const process = processes.get(pid);
    // The exit of a thread that an exec has ended can arrive after the event of the exec.
    if (!process || timeNs < process.execNs) return;
    const { threads, observed } = process;
    if (threads) {
      threads.delete(tid);
      if (status !== 0 && tid !== pid) process.threadExit = { timeNs, status };
      if (threads.size > 0) return;
    } else if (tid !== pid) return;
    if (process.exit && !observed.zombie) return;
    users.report(process);
    process.observed = {
      ...process.observed,
      awaitsExec: false,
      exitStatus: decodeWaitStatus(statusOf(process, event)),
    };
    processes.zombieParents.orphan(pid);
    if (!observed.zombie) zombies.exited(process, timeNs);
  }
}

/**
 * Returns the status of a process whose last thread exits. If the main thread ends on its own at the same time as the
 * last thread, its event, which has the status 0, can arrive after the event that has the status of the process.
 */
const statusOf = ({ threadExit }: KernelProcess, { pid, tid, timeNs, status }: ExitEvent): number =>
  threadExit && tid === pid && status === 0 && timeNs - threadExit.timeNs < maxReorderNs
    ? threadExit.status
    : status;

const isCommKnown = ({ observed }: KernelProcess): boolean => observed.comm !== '' || !observed.hidden;

const commOf = (reading: StatSnapshot | undefined): Comm | undefined =>
  reading && decodeComm(reading.stat.comm);
