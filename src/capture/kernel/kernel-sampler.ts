import type { ChurnRecord } from '../../domain/events/event.ts';
import type { ObservedProcess } from '../../proc/lifecycle-events.ts';
import { ErrorTracker } from '../core/error-tracker.ts';
import type {
  SampleResult,
  Sampler,
  SamplerClock,
  SamplerContext,
  SamplerCounters,
} from '../core/sampler.ts';
import { WalkScheduler } from '../cursor/walk-scheduler.ts';
import type { EventQueue } from './event-queue.ts';
import { ExecNames } from './exec-names.ts';
import { ForkAudit, type TaskCounts } from './fork-audit.ts';
import type { KernelEvent } from './kernel-event.ts';
import { KernelProcesses } from './kernel-processes.ts';
import { KernelWalk } from './kernel-walk.ts';
import { LostEvents } from './lost-events.ts';
import { ProcessEvents } from './process-events.ts';
import { earlier } from './record-queue.ts';
import { UserChanges } from './user-changes.ts';
import { ZombieWatch } from './zombie-watch.ts';

/** /proc is listed this often without a reason, in case that an event is wrong or missing without a trace. */
const listIntervalMs = 10_000;

export type KernelSamplerOptions = SamplerContext & {
  queue: EventQueue;
  /** Called for each record as soon as it is created. Records are taken later, in order. */
  onRecord?: ((record: ChurnRecord) => void) | undefined;
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
  readonly #processes: KernelProcesses;
  readonly #zombies: ZombieWatch;
  readonly #users: UserChanges;
  readonly #audit: ForkAudit;
  readonly #lost: LostEvents;
  readonly #walk: KernelWalk;
  readonly #names: ExecNames;
  readonly #events: ProcessEvents;
  readonly #scheduler = new WalkScheduler();
  readonly #errors = new ErrorTracker(() => {});
  /** Events of the discovery. */
  #collected: KernelEvent[] = [];
  #discovered = false;
  #listDueMs = 0;
  /** The records are complete up to this time. Undefined: no events follow. */
  #untilNs: bigint | undefined;
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
    onRecord,
  }: KernelSamplerOptions) {
    this.modeReason = modeReason;
    this.#queue = queue;
    this.#clock = clock;
    this.#ownProcessesOnly = ownProcessesOnly;
    const counts = this.#counts;
    const processes = new KernelProcesses({ proc, bootOffsetNs, ownPid, onRecord });
    const zombies = new ZombieWatch({ proc, clock, processes });
    zombies.hidesProcesses = ownProcessesOnly;
    const users = new UserChanges(processes);
    const audit = new ForkAudit({ proc, clock, counts, drain: () => this.#drain() });
    const lost = new LostEvents(queue, clock);
    const walk = new KernelWalk({ proc, clock, processes, zombies, users, counts, audit, lost });
    this.#processes = processes;
    this.#zombies = zombies;
    this.#users = users;
    this.#audit = audit;
    this.#lost = lost;
    this.#walk = walk;
    const addUnknown = (pid: number) =>
      void this.#errors.attempt('unknown process', () => walk.add(pid, false));
    const names = new ExecNames(proc);
    this.#names = names;
    this.#events = new ProcessEvents({ proc, processes, zombies, users, counts, names, addUnknown, lost });
  }

  /** Waits for an event, until something else is due. */
  wait(ms: number): void {
    const nowMs = this.#clock.nowMs();
    const isDeciding = this.#zombies.isDeciding || this.#users.isWaiting || this.#processes.records.size > 0;
    const dueMs = isDeciding ? 1 : Math.max(0, this.#zombies.dueMs - nowMs);
    this.#queue.wait(Math.min(ms, dueMs));
  }

  sample(nowMs: number): SampleResult {
    if (!this.#discovered) {
      this.#errors.attempt('discovery', () => this.#discover());
      return 'idle';
    }
    this.#untilNs = this.#clock.nowNs();
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
    const undecidedNs = earlier(this.#zombies.earliestNs, this.#users.earliestNs);
    return this.#processes.records.take(earlier(undecidedNs, this.#untilNs));
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
    this.#processes.setBootOffset(bootOffsetNs);
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
      for (const event of events) this.#collected.push(event);
      return events;
    });
    const nowMs = this.#clock.nowMs();
    this.#scheduler.start(nowMs);
    this.#listDueMs = nowMs + listIntervalMs;
    this.#discovered = true;
    this.#apply(this.#collected);
    this.#collected = [];
    this.#checkLoss(nowMs, true);
  }

  #drain(): readonly KernelEvent[] {
    const events = this.#queue.drain();
    if (events.length > 0) this.#apply(events);
    return events;
  }

  #apply(events: readonly KernelEvent[]): void {
    this.#names.read(events);
    const nowMs = this.#clock.nowMs();
    this.#eventsSinceAudit += events.length;
    for (const event of events) this.#events.apply(event, nowMs);
  }

  /** Requests a walk if events were lost. `now`: whether not to wait. @throws ConnectorError if no events follow */
  #checkLoss(nowMs: number, now = false): void {
    if ((now || nowMs >= this.#lost.checkDueMs) && this.#lost.check(nowMs)) this.#scheduler.requestWalk();
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
    this.#checkLoss(nowMs, true);
    if (again || this.#lost.count !== count) return true;
    this.#listDueMs = nowMs + listIntervalMs;
    this.#lost.walked(startNs);
    return false;
  }

  #countForks(nowMs: number, last: boolean): void {
    const absent = this.#audit.execute(last);
    if (absent > 0 && this.#eventsSinceAudit === 0 && !last) this.#lost.suspect(nowMs);
    this.#eventsSinceAudit = 0;
    this.#checkLoss(nowMs, true);
  }

  #finish(): void {
    const nowMs = this.#clock.nowMs();
    this.#untilNs = undefined;
    try {
      if (this.#discovered) this.#countForks(nowMs, true);
    } catch {
      // The queue has failed before. What it delivered until then is still reported.
    }
    this.#users.expire(Number.POSITIVE_INFINITY);
    this.#errors.attempt('zombies', () => this.#zombies.poll(nowMs, true));
  }
}
