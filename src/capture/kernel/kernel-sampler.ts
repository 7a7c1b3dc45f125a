import type { ChurnRecord } from '../../domain/events/event.ts';
import type { ObservedProcess } from '../../proc/lifecycle-events.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { ErrorTracker } from '../core/error-tracker.ts';
import type { SampleResult, Sampler, SamplerClock, SamplerCounters } from '../core/sampler.ts';
import { WalkScheduler } from '../cursor/walk-scheduler.ts';
import type { EventQueue } from './event-queue.ts';
import { ForkAudit, type TaskCounts } from './fork-audit.ts';
import type { KernelEvent } from './kernel-event.ts';
import { KernelProcesses } from './kernel-processes.ts';
import { KernelWalk } from './kernel-walk.ts';
import { LostEvents } from './lost-events.ts';
import { ProcessEvents } from './process-events.ts';
import { StartClock } from './start-clock.ts';
import { UserChanges } from './user-changes.ts';
import { ZombieWatch } from './zombie-watch.ts';

/** /proc is listed this often without a reason, in case that an event is wrong or missing without a trace. */
const listIntervalMs = 10_000;
/** An audit drains the queue at most this often before it reads the fork count. */
const maxDrains = 4;

export type KernelSamplerOptions = {
  queue: EventQueue;
  proc: ProcReader;
  clock: SamplerClock;
  modeReason: string;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  /** Children of this PID are not reported. Undefined: report all. */
  ownPid: number | undefined;
  /** Whether the proc root lists only this user's processes. */
  ownProcessesOnly: boolean;
};

/**
 * Follows the process events of the kernel. /proc shows what they lack: the processes alive at the start, names after an
 * exec, which zombies are reaped, how many forks there were, and what the queue lost.
 */
export class KernelSampler implements Sampler {
  readonly mode = 'kernel';
  readonly modeReason: string;
  readonly walkCostMs = undefined;
  readonly #queue: EventQueue;
  readonly #clock: SamplerClock;
  readonly #ownProcessesOnly: boolean;
  readonly #counts: TaskCounts = { processes: 0, threads: 0, ownChildren: 0 };
  readonly #startClock: StartClock;
  readonly #processes: KernelProcesses;
  readonly #zombies: ZombieWatch;
  readonly #users: UserChanges;
  readonly #audit: ForkAudit;
  readonly #lost: LostEvents;
  readonly #walk: KernelWalk;
  readonly #events: ProcessEvents;
  readonly #scheduler = new WalkScheduler();
  readonly #errors = new ErrorTracker(() => {});
  /** Events of the discovery. */
  #collected: KernelEvent[] = [];
  #discovered = false;
  #listDueMs = 0;
  /** Events since the last audit. */
  #eventsSinceAudit = 0;

  constructor({
    queue,
    proc,
    clock,
    modeReason,
    bootOffsetNs,
    ownPid,
    ownProcessesOnly,
  }: KernelSamplerOptions) {
    this.modeReason = modeReason;
    this.#queue = queue;
    this.#clock = clock;
    this.#ownProcessesOnly = ownProcessesOnly;
    const counts = this.#counts;
    const startClock = new StartClock(bootOffsetNs);
    const processes = new KernelProcesses({ bootOffsetNs, ownPid, startClock });
    const zombies = new ZombieWatch({ proc, clock, processes });
    zombies.hidesProcesses = ownProcessesOnly;
    const users = new UserChanges(processes);
    const audit = new ForkAudit(proc, counts);
    const lost = new LostEvents(queue, clock);
    const walk = new KernelWalk({ proc, clock, processes, zombies, users, counts, audit, lost });
    const addUnknown = (pid: number) => {
      this.#errors.attempt('unknown process', () => walk.add(pid, false));
    };
    this.#startClock = startClock;
    this.#processes = processes;
    this.#zombies = zombies;
    this.#users = users;
    this.#audit = audit;
    this.#lost = lost;
    this.#walk = walk;
    this.#events = new ProcessEvents({
      proc,
      processes,
      zombies,
      users,
      startClock,
      counts,
      addUnknown,
      lost,
    });
  }

  /** Waits for an event, until something else is due. */
  wait(ms: number): void {
    const nowMs = this.#clock.nowMs();
    const isDeciding = this.#users.isWaiting || this.#zombies.isDeciding;
    const dueMs = isDeciding ? 1 : Math.max(0, this.#zombies.dueMs - nowMs);
    this.#queue.wait(Math.min(ms, dueMs));
  }

  sample(nowMs: number): SampleResult {
    if (!this.#discovered) {
      this.#errors.attempt('discovery', () => this.#discover());
      return 'idle';
    }
    const events = this.#drain();
    if (events.length > 0) {
      this.#scheduler.recordChange();
      this.#checkLoss(nowMs);
    }
    this.#users.expire(nowMs);
    this.#errors.attempt('zombies', () => this.#zombies.poll(nowMs));
    if (nowMs >= this.#listDueMs) this.#scheduler.requestWalk();
    if (this.#scheduler.isDue(nowMs)) this.#readProc(nowMs);
    return events.length > 0 ? 'changed' : 'idle';
  }

  take(): readonly ChurnRecord[] {
    const waiting = [this.#zombies.earliestNs, this.#users.earliestNs].filter((ns) => ns !== undefined);
    const untilNs = waiting.length === 0 ? undefined : waiting.reduce((a, b) => (a < b ? a : b));
    return this.#processes.records.take(untilNs);
  }

  /** `last`: decides on everything that is still open. The records of that have to be taken afterwards. */
  counters(last = false): SamplerCounters {
    if (last) this.#finish();
    const { missed, pending } = this.#audit;
    const { processes, threads } = this.#counts;
    return {
      allocatedPids:
        missed === undefined || pending === undefined ? undefined : processes + threads + missed + pending,
      processesSeen: processes,
      threadsSeen: threads,
      missedTasks: missed,
      pendingPids: pending,
      alive: this.#processes.size,
      hiddenProcesses: this.#processes.hidden,
      ownProcessesOnly: this.#ownProcessesOnly,
      lostEvents: this.#lost.count,
      lastError: this.#errors.current(),
    };
  }

  *liveProcesses(): Generator<ObservedProcess> {
    for (const { observed, isOwnChild } of this.#processes.values()) if (!isOwnChild) yield observed;
  }

  setBootOffset(bootOffsetNs: bigint): void {
    this.#processes.bootOffsetNs = bootOffsetNs;
    this.#startClock.setBootOffset(bootOffsetNs);
  }

  close(): void {
    this.#queue.close();
  }

  /** Reads every process alive at the start. The events since then are queued, and applied afterwards. */
  #discover(): void {
    const startNs = this.#clock.nowNs();
    this.#audit.start();
    this.#events.startNs = startNs;
    this.#lost.walked(startNs);
    this.#walk.discover(startNs, () => {
      const events = this.#queue.drain();
      this.#collected.push(...events);
      return events;
    });
    const nowMs = this.#clock.nowMs();
    this.#scheduler.start(nowMs);
    this.#listDueMs = nowMs + listIntervalMs;
    this.#discovered = true;
    this.#apply(this.#collected);
    this.#collected = [];
    this.#checkLoss(nowMs);
  }

  #drain(): readonly KernelEvent[] {
    const events = this.#queue.drain();
    if (events.length > 0) this.#apply(events);
    return events;
  }

  #apply(events: readonly KernelEvent[]): void {
    const nowMs = this.#clock.nowMs();
    this.#eventsSinceAudit += events.length;
    for (const event of events) this.#events.apply(event, nowMs);
  }

  /** Requests a walk if events were lost. @throws ConnectorError if there are no more events */
  #checkLoss(nowMs: number): void {
    if (this.#lost.check(nowMs)) this.#scheduler.requestWalk();
  }

  /** Counts the missed tasks, and walks if that was requested. */
  #readProc(nowMs: number): void {
    const isAudit = this.#scheduler.isAuditDue(nowMs);
    const startMs = this.#clock.nowMs();
    if (isAudit) this.#countForks(nowMs, false);
    let isDone = true;
    if (this.#lost.needsWalk || nowMs >= this.#listDueMs) {
      isDone = false;
      this.#errors.attempt('walk', () => {
        isDone = !this.#walkNow();
      });
    }
    const endMs = this.#clock.nowMs();
    this.#scheduler.recordWalk(startMs, endMs, isAudit);
    if (isDone) this.#scheduler.clearRequests();
  }

  /** Walks once. Returns whether another walk is needed. */
  #walkNow(): boolean {
    const { count } = this.#lost;
    const startNs = this.#clock.nowNs();
    const again = this.#walk.walk(this.#lost.needsWalk, this.#events, () => this.#drain());
    const nowMs = this.#clock.nowMs();
    this.#checkLoss(nowMs);
    if (again || this.#lost.count !== count) return true;
    this.#listDueMs = nowMs + listIntervalMs;
    this.#lost.walked(startNs);
    return false;
  }

  #countForks(nowMs: number, last: boolean): void {
    for (let drains = 0; drains < maxDrains && this.#drain().length > 0; drains++);
    const forks = this.#audit.read();
    const readNs = this.#clock.nowNs();
    let later = 0;
    for (const { type, timeNs } of this.#drain()) if (type === 'fork' && timeNs > readNs) later++;
    const absent = this.#audit.settle(forks, later, last);
    if (absent > 0 && this.#eventsSinceAudit === 0 && !last) this.#lost.suspect(nowMs);
    this.#eventsSinceAudit = 0;
    this.#checkLoss(nowMs);
  }

  #finish(): void {
    const nowMs = this.#clock.nowMs();
    if (this.#discovered) this.#countForks(nowMs, true);
    this.#users.expire(Number.POSITIVE_INFINITY);
    this.#errors.attempt('zombies', () => this.#zombies.poll(nowMs, true));
  }
}
