import type { SampleTime } from '../../proc/lifecycle-events.ts';
import { countPidsBetween, previousPid } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { isThread } from '../../proc/stat.ts';
import { clockTickNs } from '../../util/time.ts';
import { type PendingPid, PendingPids } from './pending-pids.ts';
import type { PidCounts } from './pid-counts.ts';
import { type OpenStat, PidProbe, type ProbeResult } from './pid-probe.ts';
import type { RecentProcesses } from './recent-processes.ts';
import { isSameProcess, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** New PIDs opened in one sample. The newest are opened first, because they are the most likely to be alive. */
const maxNewPerSample = 64;
const maxRetriesPerSample = 64;
/** After a stall the counter may have passed more PIDs than this. The rest is counted as missed until a walk. */
const maxQueuedPids = 8192;
/** Start times have a resolution of one tick (10 ms), and so has the boot offset. */
const startTickTolerance = 2n;

export type PidResolverOptions = {
  proc: ProcReader;
  processes: TrackedProcesses;
  recent: RecentProcesses;
  counts: PidCounts;
  bootOffsetNs: bigint;
};

/** The PIDs in (from, to], which the counter passed between two samples. */
export type CounterAdvance = { from: number; to: number; pidMax: number; time: SampleTime; nowMs: number };

type ResolveTime = {
  time: SampleTime;
  nowMs: number;
  /** The last sample before the PID was allocated, CLOCK_MONOTONIC ns. */
  allocatedAfterNs: bigint;
};

/** Resolves each PID that the counter passed to a process, a thread, a PID already in use, or a missed task. */
export class PidResolver {
  readonly #proc: ProcReader;
  readonly #processes: TrackedProcesses;
  readonly #recent: RecentProcesses;
  readonly #counts: PidCounts;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  readonly #prober: PidProbe;
  readonly #pending = new PendingPids();

  constructor({ proc, processes, recent, counts, bootOffsetNs }: PidResolverOptions) {
    this.#proc = proc;
    this.#processes = processes;
    this.#recent = recent;
    this.#counts = counts;
    this.bootOffsetNs = bootOffsetNs;
    this.#prober = new PidProbe({ proc, processes, recent });
  }

  /** How many PIDs are not resolved yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /** How many of them were not probed yet. */
  get backlog(): number {
    return this.#pending.untried;
  }

  /** Probes the newest PIDs at once, and queues the others. @throws ProcError, with no count changed. */
  counterAdvanced({ from, to, pidMax, time, nowMs }: CounterAdvance): void {
    const allocatedAfterNs = time.nowNs - (time.windowNs ?? 0n);
    const range = { from, to, pidMax };
    const count = countPidsBetween(range);
    const results: ProbeResult[] = [];
    let pid = to;
    try {
      for (let index = 0; index < Math.min(count, maxNewPerSample); index++) {
        results.push(this.#prober.probe(pid));
        pid = previousPid(pid, range);
      }
    } catch (error) {
      this.#prober.closeAll(results);
      throw error;
    }
    this.#counts.allocated += count;
    const queued = Math.min(count, maxQueuedPids) - results.length;
    this.#counts.missed += count - results.length - queued;
    if (count > maxQueuedPids) this.#pending.markSkipped();
    const older: PendingPid[] = [];
    for (let index = 0; index < queued; index++) {
      older.push({ pid, attempts: 0, addedMs: nowMs, lastAttemptMs: 0, allocatedAfterNs });
      pid = previousPid(pid, range);
    }
    this.#addPending(older.reverse());
    for (const result of results.reverse()) {
      // Still pending from before the PIDs wrapped: that task is gone, because the PID was allocated again.
      if (this.#pending.dropPid(result.pid)) this.#abandon(result.pid);
      if (this.#resolve(result, { time, nowMs, allocatedAfterNs })) continue;
      this.#addPending([
        { pid: result.pid, attempts: 1, addedMs: nowMs, lastAttemptMs: nowMs, allocatedAfterNs },
      ]);
    }
  }

  /** Probes pending PIDs again, because the kernel allocates a PID shortly before its task is visible. */
  retryPending(nowNs: bigint, nowMs: number): void {
    if (this.#pending.size === 0) return;
    for (const pending of this.#pending.newestDue(maxRetriesPerSample, nowMs)) {
      const { pid, allocatedAfterNs } = pending;
      // A test for existence costs a third of an exception.
      const absent = !this.#processes.get(pid) && !this.#proc.pidExists(pid);
      const result = absent ? undefined : this.#prober.probe(pid);
      this.#pending.recordAttempt(pending, nowMs);
      if (!result) continue;
      const time = { nowNs, windowNs: nowNs - allocatedAfterNs };
      if (this.#resolve(result, { time, nowMs, allocatedAfterNs })) this.#pending.drop(pending);
    }
    for (const { pid } of this.#pending.expire(nowMs)) this.#abandon(pid);
  }

  /** Counts a process that a walk found. Its PID may be pending, abandoned, or never passed by the counter. */
  foundByWalk({ observed: { pid }, isOwnChild }: TrackedProcess): void {
    const pending = this.#pending.dropPid(pid);
    if (!pending && this.#pending.takeAbandoned(pid)) {
      if (this.#counts.missed > 0) this.#counts.missed--;
      else if (this.#counts.notSpawned > 0) this.#counts.notSpawned--;
      else this.#counts.explicit++;
    } else if (!pending) this.#counts.explicit++;
    this.#countProcess(isOwnChild);
  }

  /** Removes the PIDs that were abandoned before the last call. Called with every audit. */
  rotateAbandoned(): void {
    this.#pending.rotateAbandoned();
  }

  /** Counts the task that a probe found. @returns false when there is none, or not yet. */
  #resolve(result: ProbeResult, at: ResolveTime): boolean {
    const { known, knownExited, found } = result;
    if (found === 'same') {
      this.#counts.alreadyInUse++;
      return true;
    }
    if (found === 'gone') {
      if (known && !knownExited && !this.#processes.hasExited(known)) {
        this.#counts.alreadyInUse++;
        return true;
      }
      if (known) this.#recent.recheck(known);
      return false;
    }
    if (found === 'hidden') {
      if (known && !knownExited) {
        this.#processes.markHidden(known);
        this.#counts.alreadyInUse++;
      } else {
        if (known) this.#recent.recheck(known);
        // A process or a thread: only a walk can distinguish them.
        this.#abandon(result.pid);
      }
      return true;
    }
    this.#resolveOpen(result, found, at);
    return true;
  }

  #resolveOpen(
    { pid, known, knownExited }: ProbeResult,
    { fd, snapshot }: OpenStat,
    { time, nowMs, allocatedAfterNs }: ResolveTime,
  ): void {
    const { stat } = snapshot;
    // Start times have a resolution of 10 ms: a PID reused within one tick cannot be distinguished.
    if (known && !knownExited && isSameProcess(known, stat)) {
      this.#proc.close(fd);
      this.#counts.alreadyInUse++;
      return;
    }
    // Another task has the PID now, so the known process has exited before.
    if (known) this.#processes.remove(known, time);
    if (isThread(stat)) {
      this.#proc.close(fd);
      const oldestTick = (allocatedAfterNs + this.bootOffsetNs) / clockTickNs - startTickTolerance;
      if (BigInt(stat.startTicks) < oldestTick) this.#counts.alreadyInUse++;
      else this.#counts.threads++;
      return;
    }
    const tracked = this.#processes.add({ pid, reading: snapshot, fd, time, nowMs });
    this.#recent.add(tracked, nowMs);
    this.#countProcess(tracked.isOwnChild);
  }

  #countProcess(isOwnChild: boolean): void {
    if (isOwnChild) this.#counts.ownChildren++;
    else this.#counts.processes++;
  }

  #addPending(pids: PendingPid[]): void {
    for (const { pid } of this.#pending.add(pids)) this.#abandon(pid);
  }

  #abandon(pid: number): void {
    this.#counts.missed++;
    this.#pending.abandon(pid);
  }
}
