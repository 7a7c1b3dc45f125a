import type { ProbeEvent } from '../../domain/events/event.ts';
import { tryRead } from '../../proc/errors.ts';
import { ExitCodeAccess } from '../../proc/exit-code-access.ts';
import { observeAgain, observeFirst } from '../../proc/lifecycle.ts';
import { exitEvent, type ObservedProcess, type SampleTime } from '../../proc/lifecycle-events.ts';
import { type ProcReader, type ReadResult, tryReadStat } from '../../proc/reader.ts';
import { isKernelThread, type ProcStat } from '../../proc/stat.ts';
import { ZombieParents } from '../core/zombie-parents.ts';

const noEvents: readonly ProbeEvent[] = [];

/** The descriptor of a process whose stat file is not open. */
export const noFd = -1;

/** A live process of the cursor sampler. It is changed in place, because it is read thousands of times a second. */
export type TrackedProcess = {
  observed: ObservedProcess;
  /** Its stat file, open while the process is recent; `noFd` otherwise. */
  fd: number;
  firstSeenMs: number;
  /** When it was last read and found alive. */
  lastAliveMs: number;
  nextReadMs: number;
  /** Delay between the next read and the one after it, ms. */
  backoffMs: number;
  /** When its user is read next, and the delay until the read after it. */
  uidDueMs: number;
  uidDelayMs: number;
  /** Number of the last walk that listed it. */
  lastWalk: number;
  isKernelThread: boolean;
  /** Whether it is a child of churntop, which is tracked but not reported. */
  isOwnChild: boolean;
};

/**
 * The user of a process is read this long after its spawn, and after each exec, because programs change their user
 * right at the start. The delay then grows by this factor, up to the maximum.
 */
const firstUidDelayMs = 1;
const uidDelayFactor = 4;
const maxUidDelayMs = 250;

export type TrackedProcessesOptions = {
  proc: ProcReader;
  bootOffsetNs: bigint;
  /** Children of this PID are not reported. Undefined: report all. */
  ownPid: number | undefined;
};

/** The live processes by PID, and the events of their changes. */
export class TrackedProcesses {
  readonly #proc: ProcReader;
  readonly #exitCodes: ExitCodeAccess;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  readonly #ownPid: number | undefined;
  readonly #byPid = new Map<number, TrackedProcess>();
  readonly #zombies = new ZombieParents<TrackedProcess>();
  #events: ProbeEvent[] = [];
  #hidden = 0;

  constructor({ proc, bootOffsetNs, ownPid }: TrackedProcessesOptions) {
    this.#proc = proc;
    this.#exitCodes = new ExitCodeAccess(proc);
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

  /** How many zombies have lost the parent that had to reap them, and were not read since. */
  get orphanedZombies(): number {
    return this.#zombies.orphaned;
  }

  /** Removes and returns the zombies that have lost their parent and are still tracked. */
  takeOrphanedZombies(): TrackedProcess[] {
    return this.#zombies
      .takeOrphaned()
      .filter((tracked) => this.#byPid.get(tracked.observed.pid) === tracked);
  }

  get(pid: number): TrackedProcess | undefined {
    return this.#byPid.get(pid);
  }

  values(): MapIterator<TrackedProcess> {
    return this.#byPid.values();
  }

  /** Removes and returns the events since the last call, in order. */
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
    const observed = observeFirst({ pid, reading, time, events, exitCodes: this.#exitCodes });
    const tracked: TrackedProcess = {
      observed,
      fd,
      firstSeenMs: nowMs,
      lastAliveMs: nowMs,
      nextReadMs: nowMs,
      backoffMs: 0,
      uidDueMs: nowMs + firstUidDelayMs,
      uidDelayMs: firstUidDelayMs * uidDelayFactor,
      lastWalk: 0,
      isKernelThread: snapshot !== undefined && isKernelThread(snapshot.stat),
      isOwnChild: own && !observed.initial,
    };
    this.#byPid.set(pid, tracked);
    this.#countHidden(undefined, observed);
    if (observed.zombie) this.#zombies.add(observed.reaperPid, tracked);
    return tracked;
  }

  /**
   * Applies a later reading of the same process. If `uid` is undefined, the user is read when that is due, or after an
   * exec.
   */
  update(tracked: TrackedProcess, { stat, uid, time, nowMs }: NewReading): void {
    const before = tracked.observed;
    const events = tracked.isOwnChild ? [] : this.#events;
    const after = observeAgain(before, {
      stat,
      uid: uid ?? (nowMs >= tracked.uidDueMs ? this.#readDueUid(tracked, nowMs) : undefined),
      readUid: () => this.#readUid(tracked),
      time,
      events,
      exitCodes: this.#exitCodes,
    });
    tracked.observed = after;
    // A kernel thread can exec: the kernel starts helpers that way (call_usermodehelper).
    tracked.isKernelThread = isKernelThread(stat);
    tracked.lastAliveMs = nowMs;
    if (after === before) return;
    this.#countHidden(before, after);
    tracked.uidDueMs = nowMs + firstUidDelayMs;
    tracked.uidDelayMs = firstUidDelayMs * uidDelayFactor;
    if (after.reaperPid === before.reaperPid) return;
    if (!before.zombie) this.#zombies.orphan(after.pid);
    this.#zombies.remove(before.reaperPid, tracked);
    this.#zombies.add(after.reaperPid, tracked);
  }

  /** Returns whether a process that the proc root no longer shows has exited. Otherwise marks it as hidden. */
  hasExited(tracked: TrackedProcess): boolean {
    if (!this.#proc.isConcealed(tracked.observed.pid)) return true;
    this.markHidden(tracked);
    return false;
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
    const { pid, reaperPid } = tracked.observed;
    this.#byPid.delete(pid);
    this.#countHidden(tracked.observed, undefined);
    this.#zombies.remove(reaperPid, tracked);
    this.#zombies.orphan(pid);
    if (!tracked.isOwnChild) this.#events.push(exitEvent(tracked.observed, time, this.bootOffsetNs));
  }

  #readDueUid(tracked: TrackedProcess, nowMs: number): number | undefined {
    tracked.uidDueMs = nowMs + tracked.uidDelayMs;
    tracked.uidDelayMs = Math.min(maxUidDelayMs, tracked.uidDelayMs * uidDelayFactor);
    return tracked.isKernelThread ? undefined : this.#readUid(tracked);
  }

  /** Reads the effective user; undefined if the process exits meanwhile. */
  #readUid(tracked: TrackedProcess): number | undefined {
    const { pid, uid: known } = tracked.observed;
    const uid = this.#proc.readUid(pid);
    // The directory of an exiting process belongs to root, and its PID can be reused, so another user is confirmed.
    return uid === known || uid === undefined || this.#isStillAlive(tracked) ? uid : undefined;
  }

  #isStillAlive(tracked: TrackedProcess): boolean {
    if (tracked.fd !== noFd) return typeof tryRead(() => this.#proc.readStat(tracked.fd)) === 'object';
    const stat = tryReadStat(this.#proc, tracked.observed.pid);
    return stat !== undefined && isSameProcess(tracked, stat);
  }

  #countHidden(before: ObservedProcess | undefined, after: ObservedProcess | undefined): void {
    this.#hidden += Number(after?.hidden ?? false) - Number(before?.hidden ?? false);
  }
}

type NewProcess = { pid: number; reading: ReadResult; fd: number; time: SampleTime; nowMs: number };
type NewReading = {
  stat: ProcStat;
  /** The effective user; undefined if it was not read. */
  uid: number | undefined;
  time: SampleTime;
  nowMs: number;
};

/** Returns whether a reading belongs to the tracked process. Without a start time, the PID has to suffice. */
export const isSameProcess = ({ observed }: TrackedProcess, { startTicks }: ProcStat): boolean =>
  !observed.goneAtFirstRead && (observed.startTicks === undefined || observed.startTicks === startTicks);
