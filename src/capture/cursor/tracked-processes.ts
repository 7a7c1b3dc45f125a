import type { ProbeEvent } from '../../domain/events/event.ts';
import {
  exitEvent,
  type ObservedProcess,
  observeAgain,
  observeFirst,
  type SampleTime,
} from '../../proc/lifecycle.ts';
import type { ProcReader, ReadResult, StatSnapshot } from '../../proc/reader.ts';
import { isKernelThread, type ProcStat } from '../../proc/stat.ts';

const noEvents: readonly ProbeEvent[] = [];

/** The descriptor of a process whose stat file is not open. */
export const noFd = -1;

/** A live process of the cursor sampler. It is changed in place, because it is read thousands of times a second. */
export type TrackedProcess = {
  observed: ObservedProcess;
  uid: number;
  /** Its stat file, open while the process is recent; `noFd` otherwise. */
  fd: number;
  firstSeenMs: number;
  /** When it was last read and found alive. */
  lastAliveMs: number;
  nextReadMs: number;
  /** Delay between the next read and the one after it, ms. */
  backoffMs: number;
  /** Number of the last walk that listed it. */
  lastWalk: number;
  isKernelThread: boolean;
  /** Whether it is a child of churntop, which is tracked but not reported. */
  isOwnChild: boolean;
};

export type TrackedProcessesOptions = {
  proc: ProcReader;
  bootOffsetNs: bigint;
  /** Children of this PID are not reported. Undefined: report all. */
  ownPid: number | undefined;
};

/** The live processes by PID, and the events of their changes. */
export class TrackedProcesses {
  readonly #proc: ProcReader;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  readonly #ownPid: number | undefined;
  readonly #byPid = new Map<number, TrackedProcess>();
  #events: ProbeEvent[] = [];
  #hidden = 0;

  constructor({ proc, bootOffsetNs, ownPid }: TrackedProcessesOptions) {
    this.#proc = proc;
    this.bootOffsetNs = bootOffsetNs;
    this.#ownPid = ownPid;
  }

  get size(): number {
    return this.#byPid.size;
  }

  /** How many of them this user may not read. */
  get hidden(): number {
    return this.#hidden;
  }

  get(pid: number): TrackedProcess | undefined {
    return this.#byPid.get(pid);
  }

  values(): MapIterator<TrackedProcess> {
    return this.#byPid.values();
  }

  /** Returns the events since the last call, in order, and forgets them. */
  takeEvents(): readonly ProbeEvent[] {
    if (this.#events.length === 0) return noEvents;
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  /** Adds a process that was read for the first time, and takes over its descriptor. */
  add({ pid, reading, fd, time, nowMs }: NewProcess): TrackedProcess {
    const snapshot = typeof reading === 'string' ? undefined : reading;
    const own = this.#ownPid !== undefined && snapshot?.stat.ppid === this.#ownPid;
    const events = own && time.windowNs !== undefined ? [] : this.#events;
    const observed = observeFirst({ pid, reading, time, events });
    const tracked: TrackedProcess = {
      observed,
      uid: snapshot?.uid ?? 0,
      fd,
      firstSeenMs: nowMs,
      lastAliveMs: nowMs,
      nextReadMs: nowMs,
      backoffMs: 0,
      lastWalk: 0,
      isKernelThread: snapshot !== undefined && isKernelThread(snapshot.stat),
      isOwnChild: own && !observed.initial,
    };
    this.#byPid.set(pid, tracked);
    this.#countHidden(undefined, observed);
    return tracked;
  }

  /** Applies a later reading of the same tracked. */
  update(tracked: TrackedProcess, { snapshot, time, nowMs }: NewReading): void {
    const before = tracked.observed;
    const events = tracked.isOwnChild ? [] : this.#events;
    tracked.observed = observeAgain(before, { snapshot, time, events });
    tracked.uid = snapshot.uid;
    // A kernel thread can exec: the kernel starts helpers that way (call_usermodehelper).
    tracked.isKernelThread = isKernelThread(snapshot.stat);
    tracked.lastAliveMs = nowMs;
    this.#countHidden(before, tracked.observed);
  }

  /** Marks a live process that this user may no longer read. */
  markHidden(tracked: TrackedProcess): void {
    if (tracked.observed.hidden) return;
    tracked.observed = { ...tracked.observed, hidden: true };
    this.#hidden++;
  }

  /** Removes a process that has exited, and emits its exit event. */
  remove(tracked: TrackedProcess, time: SampleTime): void {
    if (tracked.fd !== noFd) this.#proc.close(tracked.fd);
    tracked.fd = noFd;
    this.#byPid.delete(tracked.observed.pid);
    this.#countHidden(tracked.observed, undefined);
    if (!tracked.isOwnChild) this.#events.push(exitEvent(tracked.observed, time, this.bootOffsetNs));
  }

  #countHidden(before: ObservedProcess | undefined, after: ObservedProcess | undefined): void {
    this.#hidden += Number(after?.hidden ?? false) - Number(before?.hidden ?? false);
  }
}

type NewProcess = { pid: number; reading: ReadResult; fd: number; time: SampleTime; nowMs: number };
type NewReading = { snapshot: StatSnapshot; time: SampleTime; nowMs: number };

/** Returns whether a reading belongs to the tracked tracked. Without a start time, the PID has to suffice. */
export const isSameProcess = ({ observed }: TrackedProcess, { startTicks }: ProcStat): boolean =>
  !observed.goneAtFirstSight && (observed.startTicks === undefined || observed.startTicks === startTicks);
