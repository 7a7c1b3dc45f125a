import { isPidBetween, type LoadavgCounters } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { ErrorTracker } from '../core/error-tracker.ts';
import {
  type SampleResult,
  type Sampler,
  type SamplerClock,
  type SamplerContext,
  type SamplerCounters,
  toNs,
} from '../core/sampler.ts';
import { CounterReader } from './counter-reader.ts';
import { CursorWalk } from './cursor-walk.ts';
import { MissedTasks } from './missed-tasks.ts';
import { MissingExits } from './missing-exits.ts';
import { OldProcesses } from './old-processes.ts';
import { createPidCounts, type PidCounts, spawnedByGuest } from './pid-counts.ts';
import { PidResolver } from './pid-resolver.ts';
import { RecentProcesses, type RecentProcessesOptions } from './recent-processes.ts';
import { Rescan } from './rescan.ts';
import { noFd, TrackedProcesses } from './tracked-processes.ts';
import { WalkScheduler } from './walk-scheduler.ts';

/** With more PIDs than this waiting for their first probe, one walk is cheaper. */
const maxBacklog = 256;

export type CursorSamplerOptions = SamplerContext & {
  /** How many stat files may be open at once. */
  maxOpenStats: number;
  /** Whether the task count includes this PID namespace only, so that the number of exits is exact. */
  ownTaskCount: boolean;
  /** How many files of old processes may be open besides. Default: none. */
  maxOldFiles?: number;
  /** Share of a core for reading old processes again. Default: 0.3 %. */
  maxRescanShare?: number;
  closeOtherFds?: RecentProcessesOptions['closeOtherFds'];
};

/** Follows the PID counter in loadavg. A sample is a single read while nothing changes. */
export class CursorSampler implements Sampler {
  readonly mode = 'cursor';
  readonly modeReason: string;
  readonly walkCostMs = undefined;
  readonly #proc: ProcReader;
  readonly #clock: SamplerClock;
  readonly #ownTaskCount: boolean;
  readonly #ownProcessesOnly: boolean;
  readonly #counts: PidCounts = createPidCounts();
  readonly #processes: TrackedProcesses;
  readonly #recent: RecentProcesses;
  readonly #resolver: PidResolver;
  readonly #missingExits: MissingExits;
  readonly #rescan: Rescan;
  readonly #walk: CursorWalk;
  readonly #scheduler = new WalkScheduler();
  readonly #errors: ErrorTracker;
  readonly #counter: CounterReader;
  readonly #missedTasks: MissedTasks;
  /** The loadavg numbers that have been handled. */
  readonly #handled: LoadavgCounters = { pid: 0, tasks: 0 };
  #discovered = false;
  /** When the handled numbers were last read. */
  #lastSampleMs = 0;
  /** When every tracked process was last known to be alive. */
  #allAliveMs = 0;

  constructor(options: CursorSamplerOptions) {
    const { proc, clock, bootOffsetNs, ownPid, maxOpenStats, ownTaskCount } = options;
    const counts = this.#counts;
    const processes = new TrackedProcesses({ proc, bootOffsetNs, ownPid });
    const oldProcesses = new OldProcesses({ proc, processes, maxOpen: options.maxOldFiles ?? 0 });
    const { closeOtherFds } = options;
    const recent = new RecentProcesses({ proc, processes, oldProcesses, maxOpenStats, clock, closeOtherFds });
    const resolver = new PidResolver({ proc, processes, recent, counts, bootOffsetNs });
    this.modeReason = options.modeReason;
    this.#proc = proc;
    this.#clock = clock;
    this.#ownTaskCount = ownTaskCount;
    this.#ownProcessesOnly = options.ownProcessesOnly;
    this.#processes = processes;
    this.#recent = recent;
    this.#resolver = resolver;
    this.#missingExits = new MissingExits({ counts, resolver, ownTaskCount });
    this.#rescan = new Rescan({ oldProcesses, processes, recent, clock, maxShare: options.maxRescanShare });
    this.#walk = new CursorWalk({ proc, clock, processes, recent, resolver });
    this.#errors = new ErrorTracker(() => recent.closeAll());
    const counter = new CounterReader(proc, this.#errors);
    this.#counter = counter;
    const handled = this.#handled;
    this.#missedTasks = new MissedTasks({ proc, clock, counts, resolver, counter, handled, ownTaskCount });
  }

  sample(nowMs: number): SampleResult {
    if (!this.#discovered) {
      this.#errors.attempt('discovery', () => this.#discover());
      return 'idle';
    }
    const readable = this.#counter.read();
    const moved = readable && this.#counter.current.pid !== this.#handled.pid;
    if (moved || (readable && this.#counter.current.tasks !== this.#handled.tasks)) this.#handleChange(nowMs);
    else if (readable) this.#lastSampleMs = nowMs;

    if (this.#resolver.pending > 0) this.#retryPending();
    if (this.#missingExits.shouldScan() || nowMs >= this.#recent.dueMs())
      this.#pollRecent(this.#clock.nowMs());
    if (this.#missingExits.count() <= 0) this.#allAliveMs = this.#lastSampleMs;
    this.#recent.expire(nowMs);

    if (!readable || this.#resolver.backlog > maxBacklog) this.#scheduler.requestWalk();
    if (this.#scheduler.isDue(nowMs)) this.#walkNow(this.#clock.nowMs());
    if (nowMs >= this.#rescan.dueMs) this.#rescanNext(nowMs);
    if (this.#processes.orphanedZombies > 0) this.#rereadOrphanedZombies(nowMs);
    if (this.#resolver.backlog > 0) return 'backlog';
    return moved ? 'changed' : 'idle';
  }

  take() {
    return this.#processes.takeEvents();
  }

  counters(last = false): SamplerCounters {
    this.#missedTasks.confirm(this.#clock.nowMs(), last);
    const { unconfirmed } = this.#missedTasks;
    return {
      allocatedPids: spawnedByGuest(this.#counts),
      processesSeen: this.#counts.processes,
      threadsSeen: this.#counts.threads,
      missedTasks: this.#counts.missed - unconfirmed,
      pendingPids: this.#resolver.pending + unconfirmed,
      alive: this.#processes.size,
      hiddenProcesses: this.#processes.hidden,
      ownProcessesOnly: this.#ownProcessesOnly,
      lastError: this.#errors.current(),
    };
  }

  setBootOffset(bootOffsetNs: bigint): void {
    this.#processes.bootOffsetNs = bootOffsetNs;
    this.#resolver.bootOffsetNs = bootOffsetNs;
  }

  close(): void {
    while (this.#recent.closeAll());
    this.#counter.close();
  }

  /** Reads every process alive at the start. Processes spawned meanwhile are found by the PID counter. */
  #discover(): void {
    this.#missedTasks.start();
    if (!this.#counter.read()) return;
    this.#counter.readPidMax();
    const { pid: before, tasks } = this.#counter.current;
    const nowMs = this.#clock.nowMs();
    const pids = this.#proc.listPids();
    const after = this.#counter.read() ? this.#counter.current.pid : before;
    const readings = pids
      .filter((pid) => !isPidBetween(pid, before, after))
      .map((pid) => ({ pid, reading: this.#proc.readProcess(pid) }));
    const time = { nowNs: this.#clock.nowNs(), windowNs: undefined };
    for (const { pid, reading } of readings) {
      if (reading !== 'gone') this.#processes.add({ pid, reading, fd: noFd, time, nowMs });
    }
    this.#handled.pid = before;
    this.#handled.tasks = tasks;
    this.#lastSampleMs = nowMs;
    this.#allAliveMs = nowMs;
    this.#walk.start(nowMs);
    this.#scheduler.start(nowMs);
    this.#discovered = true;
  }

  /** Handles a change of the loadavg numbers: new PIDs, and exits. */
  #handleChange(nowMs: number): void {
    this.#scheduler.recordChange();
    const readMs = this.#clock.nowMs();
    const { pid, tasks } = this.#counter.current;
    const { pid: from } = this.#handled;
    const time = { nowNs: this.#clock.nowNs(), windowNs: toNs(readMs - this.#lastSampleMs) };
    if (pid !== from) {
      const { pidMax } = this.#counter;
      const advance = { from, to: pid, pidMax, time, nowMs: readMs };
      if (!this.#errors.attempt('new PIDs', () => this.#resolver.counterAdvanced(advance))) return;
    }
    this.#missingExits.countersRead(tasks - this.#handled.tasks);
    this.#handled.pid = pid;
    this.#handled.tasks = tasks;
    this.#lastSampleMs = nowMs;
    this.#missedTasks.refresh(readMs);
  }

  #retryPending(): void {
    this.#errors.attempt('pending PIDs', () =>
      this.#resolver.retryPending(this.#clock.nowNs(), this.#clock.nowMs()),
    );
  }

  #pollRecent(nowMs: number): void {
    this.#errors.attempt('recent processes', () => {
      const { exits, complete } = this.#recent.poll({
        missingExits: this.#missingExits.count(),
        nowMs,
        nowNs: this.#clock.nowNs(),
        // Where other PID namespaces can hide exits, no such moment is known.
        allAliveMs: this.#ownTaskCount ? this.#allAliveMs : 0,
      });
      if (this.#missingExits.exitsFound(exits, complete)) this.#scheduler.requestWalk();
    });
  }

  #walkNow(nowMs: number): void {
    const audit = this.#scheduler.isAuditDue(nowMs);
    const done = this.#errors.attempt('walk', () =>
      this.#walk.execute(this.#handled.pid, () =>
        this.#counter.read() ? this.#counter.current.pid : this.#handled.pid,
      ),
    );
    this.#scheduler.recordWalk(nowMs, this.#clock.nowMs(), audit);
    if (audit) {
      this.#resolver.rotateAbandoned();
      this.#counter.readPidMax();
      this.#missedTasks.refresh(this.#clock.nowMs());
    }
    if (!done) return;
    this.#scheduler.clearRequests();
    this.#missingExits.reset();
  }

  /** Finds out which process has to reap the zombies of a parent that has exited. */
  #rereadOrphanedZombies(nowMs: number): void {
    this.#errors.attempt('orphaned zombies', () => {
      const time = { nowMs, nowNs: this.#clock.nowNs(), lastWalkMs: this.#walk.lastWalkMs };
      if (this.#rescan.reread(this.#processes.takeOrphanedZombies(), time)) this.#scheduler.requestWalk();
    });
  }

  #rescanNext(nowMs: number): void {
    this.#errors.attempt('rescan', () => {
      const reused = this.#rescan.scanNext(nowMs, this.#clock.nowNs(), this.#walk.lastWalkMs);
      if (reused) this.#scheduler.requestWalk();
    });
  }
}
