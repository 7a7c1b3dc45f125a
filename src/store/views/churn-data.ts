import type { Batch } from '../../domain/events/event.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { matchAll } from '../../domain/filter/match-all.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import { ChurnStats } from '../../domain/stats/churn-stats.ts';
import { FilteredStats } from '../../domain/stats/filtered-stats.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import { type StatsSnapshot, snapshotStats } from '../../domain/stats/snapshot.ts';
import type { ViewId } from '../actions/view-id.ts';

/** The statistics on screen, and whether they tell of the events held only, or of all since the start. */
export type ChurnData = { stats: StatsSnapshot; retainedOnly: boolean };

/** Names can be picked out of what is counted by name; every other fact has to be asked of the events. */
export const isCommOnlyFilter = ({ fieldNames }: CompiledFilter, by: Grouping): boolean =>
  fieldNames.length === 0 || (by === 'comm' && fieldNames.every((fact) => fact === 'comm'));

/** Keeps the statistics behind the churn view: of all that comes, and, for a filter that asks for more, of what is held. */
export class ChurnModel {
  #all = new ChurnStats();
  /** The world was put in place whole: what went before it was never told. */
  #startedMidTrace = false;
  #frozen: StatsSnapshot | undefined;
  #filtered: FilteredStats | undefined;

  ingest({ nowNs, records }: Batch): void {
    for (const record of records) this.#all.apply(record);
    this.#all.advance(nowNs);
  }

  /** Another moment: all that is known of what went before is what the world holds. */
  restart(world: SystemState): void {
    this.#all = new FilteredStats(world, matchAll).stats;
    this.#startedMidTrace = true;
  }

  /** Statistics go on while the view is frozen. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen ? snapshotStats(this.#all) : undefined;
  }

  /** Events are asked only while someone looks at what they give. */
  dataFor(
    world: SystemState,
    { activeView, filter, groupBy }: { activeView: ViewId; filter: CompiledFilter; groupBy: Grouping },
  ): ChurnData {
    if (activeView !== 'churn' || isCommOnlyFilter(filter, groupBy)) {
      this.#filtered = undefined;
      return { stats: this.#frozen ?? this.#all, retainedOnly: this.#startedMidTrace };
    }
    if (this.#filtered?.isFor(world, filter)) this.#filtered.update();
    else this.#filtered = new FilteredStats(world, filter);
    return { stats: this.#filtered.stats, retainedOnly: true };
  }
}
