import type { ProbeEvent } from '../events/event.ts';
import { recordStartNs } from '../events/record.ts';
import type { CompiledFilter } from '../filter/filter.ts';
import { matchesRecord } from '../filter/stream-filter.ts';
import { ProcessSubject } from '../filter/subject.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import type { LogEntry, SystemState } from '../processes/system-state.ts';
import { ChurnStats } from './churn-stats.ts';

/** The statistics of the retained events that match a filter. They follow the log of a system state. */
export class FilteredStats {
  readonly #system: SystemState;
  readonly #filter: CompiledFilter;
  /** Index of the next log entry to apply, counted from the first entry ever. */
  #nextEntry: number;
  stats: ChurnStats;

  constructor(system: SystemState, filter: CompiledFilter) {
    this.#system = system;
    this.#filter = filter;
    this.#nextEntry = system.log.dropped;
    this.stats = this.#initialStats();
    this.update();
  }

  isFor(system: SystemState, filter: CompiledFilter): boolean {
    return system === this.#system && filter === this.#filter;
  }

  /**
   * Applies new log entries. If some of them were dropped, starts again, because the hole would look like a time
   * without churn.
   */
  update(): void {
    const { log, guest, nowNs } = this.#system;
    if (this.#nextEntry < log.dropped) {
      this.#nextEntry = log.dropped;
      this.stats = this.#initialStats();
    }
    for (; this.#nextEntry < log.dropped + log.length; this.#nextEntry++) {
      const entry = log.at(this.#nextEntry - log.dropped);
      if (!entry) continue;
      this.stats.apply(entry.record, matchesRecord(entry, this.#filter, guest));
      this.#applyLateArgs(entry);
    }
    this.stats.advance(nowNs);
  }

  /** Applies arguments that were read later than the record: those of a fork, or those that an exec does not have. */
  #applyLateArgs({ record, origin }: LogEntry): void {
    if (!origin?.nameHistory.args) return;
    const { isFork, args, latestExecNs } = origin.nameHistory;
    const isLate =
      record.probe_source === 'process.exec'
        ? record.args === undefined && record.guest_monotonic_ns === latestExecNs
        : record.probe_source === 'process.spawned' && isFork;
    if (isLate) this.stats.setLateArgs(origin, args);
  }

  /** Returns statistics with the processes that were alive before the first retained event. */
  #initialStats(): ChurnStats {
    const { log, table, nowNs } = this.#system;
    const stats = new ChurnStats();
    const first = log.at(0)?.record;
    const fromNs = first === undefined ? nowNs : recordStartNs(first);
    for (const process of table.live()) {
      if (!process.initial && process.firstSeenNs >= fromNs) continue;
      const counted = this.#filter.matches(new ProcessSubject(process, this.#system));
      const args = this.#system.ancestry.find(process)?.nameHistory.args;
      stats.apply(initialSpawn(process, args, fromNs), counted);
    }
    return stats;
  }
}

/** Returns the live processes of a system state as initial records, as discovery at its time would emit them. */
export const initialRecords = ({ table, ancestry, nowNs }: SystemState): ProbeEvent[] =>
  [...table.live()].flatMap((process) => {
    const spawn = initialSpawn(process, ancestry.find(process)?.nameHistory.args, nowNs);
    return process.zombie ? [spawn, initialZombie(process, nowNs)] : [spawn];
  });

const initialZombie = (
  { pid, comm, startTicks, reaperPid, zombieSinceNs, exitStatus, cpuNs }: ProcessEntry,
  nowNs: bigint,
): ProbeEvent => ({
  probe_source: 'process.zombie',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: nowNs,
  ...(startTicks !== undefined && { start_ticks: startTicks }),
  ...(reaperPid !== undefined && { guest_ppid: reaperPid }),
  ...(zombieSinceNs !== undefined && { zombie_ns: nowNs - zombieSinceNs }),
  ...(cpuNs !== undefined && { cpu_ns: cpuNs }),
  ...exitStatus,
});

const initialSpawn = (
  { pid, comm, startTicks, ppid, uid, cgroup, kthread }: ProcessEntry,
  args: readonly string[] | undefined,
  nowNs: bigint,
) => ({
  probe_source: 'process.spawned' as const,
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: nowNs,
  initial: true as const,
  ...(startTicks !== undefined && { start_ticks: startTicks }),
  ...(ppid !== undefined && { guest_ppid: ppid }),
  ...(uid !== undefined && { guest_uid: uid }),
  ...(kthread && { kthread: true as const }),
  ...(args !== undefined && { args }),
  ...(cgroup !== undefined && { cgroup }),
});
