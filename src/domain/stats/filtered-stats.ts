import { beganNs } from '../events/record.ts';
import type { Accepts } from '../filter/filter.ts';
import { passes } from '../filter/stream-filter.ts';
import { RowSubject } from '../filter/subject.ts';
import type { LiveProcess } from '../processes/process-table.ts';
import type { World } from '../processes/system-state.ts';
import { ChurnStats } from './churn-stats.ts';

/** Statistics of the events that a world still holds and a filter lets through; they grow as the world does. */
export class HeldChurn {
  readonly #world: World;
  readonly #filter: Accepts;
  /** Number, counted from the first ever, of the next entry to fold. */
  #next: number;
  stats: ChurnStats;

  constructor(world: World, filter: Accepts) {
    this.#world = world;
    this.#filter = filter;
    this.#next = world.log.dropped;
    this.stats = this.#begin();
    this.catchUp();
  }

  isOf(world: World, filter: Accepts): boolean {
    return world === this.#world && filter === this.#filter;
  }

  /** Fold what came since. Where some of it is no longer held, begin anew: a hole would be told as quiet. */
  catchUp(): void {
    const { log, guest, nowNs } = this.#world;
    if (this.#next < log.dropped) {
      this.#next = log.dropped;
      this.stats = this.#begin();
    }
    for (; this.#next < log.dropped + log.length; this.#next++) {
      const entry = log.at(this.#next - log.dropped);
      if (entry) this.stats.apply(entry.record, passes(entry.record, entry.kin, this.#filter, guest));
    }
    this.stats.advance(nowNs);
  }

  /** Whoever was alive before the first event held. */
  #begin(): ChurnStats {
    const { log, table, ancestry, guest, nowNs } = this.#world;
    const stats = new ChurnStats();
    const first = log.at(0)?.record;
    const fromNs = first === undefined ? nowNs : beganNs(first);
    for (const process of table.live()) {
      if (!process.initial && process.seenNs >= fromNs) continue;
      const counts = this.#filter.matches(new RowSubject(process, ancestry, guest, nowNs));
      stats.apply(foundAlive(process, fromNs), counts);
    }
    return stats;
  }
}

const foundAlive = ({ pid, comm, startTicks, ppid, uid }: LiveProcess, atNs: bigint) => ({
  probe_source: 'process.spawned' as const,
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: atNs,
  initial: true as const,
  ...(startTicks !== undefined && { start_ticks: startTicks }),
  ...(ppid !== undefined && { guest_ppid: ppid }),
  ...(uid !== undefined && { guest_uid: uid }),
});
