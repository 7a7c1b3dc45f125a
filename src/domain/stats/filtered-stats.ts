import { recordStartNs } from '../events/record.ts';
import type { CompiledFilter } from '../filter/filter.ts';
import { matchesRecord } from '../filter/stream-filter.ts';
import { ProcessSubject } from '../filter/subject.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import type { SystemState } from '../processes/system-state.ts';
import { ChurnStats } from './churn-stats.ts';

/** Statistics of the events that a world still holds and a filter lets through; they grow as the world does. */
export class FilteredStats {
  readonly #world: SystemState;
  readonly #filter: CompiledFilter;
  /** Number, counted from the first ever, of the next entry to fold. */
  #nextEntry: number;
  stats: ChurnStats;

  constructor(world: SystemState, filter: CompiledFilter) {
    this.#world = world;
    this.#filter = filter;
    this.#nextEntry = world.log.dropped;
    this.stats = this.#initialStats();
    this.update();
  }

  isFor(world: SystemState, filter: CompiledFilter): boolean {
    return world === this.#world && filter === this.#filter;
  }

  /** Fold what came since. Where some of it is no longer held, begin anew: a hole would be told as quiet. */
  update(): void {
    const { log, guest, nowNs } = this.#world;
    if (this.#nextEntry < log.dropped) {
      this.#nextEntry = log.dropped;
      this.stats = this.#initialStats();
    }
    for (; this.#nextEntry < log.dropped + log.length; this.#nextEntry++) {
      const entry = log.at(this.#nextEntry - log.dropped);
      if (entry)
        this.stats.apply(entry.record, matchesRecord(entry.record, entry.origin, this.#filter, guest));
    }
    this.stats.advance(nowNs);
  }

  /** Whoever was alive before the first event held. */
  #initialStats(): ChurnStats {
    const { log, table, ancestry, guest, nowNs } = this.#world;
    const stats = new ChurnStats();
    const first = log.at(0)?.record;
    const fromNs = first === undefined ? nowNs : recordStartNs(first);
    for (const process of table.live()) {
      if (!process.initial && process.firstSeenNs >= fromNs) continue;
      const counts = this.#filter.matches(new ProcessSubject(process, ancestry, guest, nowNs));
      stats.apply(initialSpawn(process, fromNs), counts);
    }
    return stats;
  }
}

const initialSpawn = ({ pid, comm, startTicks, ppid, uid }: ProcessEntry, atNs: bigint) => ({
  probe_source: 'process.spawned' as const,
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: atNs,
  initial: true as const,
  ...(startTicks !== undefined && { start_ticks: startTicks }),
  ...(ppid !== undefined && { guest_ppid: ppid }),
  ...(uid !== undefined && { guest_uid: uid }),
});
