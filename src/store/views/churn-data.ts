import type { Batch } from '../../domain/events/event.ts';
import type { ProcessId } from '../../domain/events/process-id.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { matchAll } from '../../domain/filter/match-all.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import { ChurnStats } from '../../domain/stats/churn-stats.ts';
import { FilteredStats } from '../../domain/stats/filtered-stats.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import { type StatsSnapshot, snapshotStats } from '../../domain/stats/snapshot.ts';
import { formatDuration } from '../../util/format.ts';
import type { ViewId } from '../actions/view-id.ts';

/** The statistics on screen. `retainedOnly`: whether they count retained events only, not all since the start. */
export type ChurnData = {
  stats: StatsSnapshot;
  retainedOnly: boolean;
  /** The statistics of all events since the start, or since the system state that a replay started from. */
  unfiltered: StatsSnapshot;
};

/** Returns which events the statistics cover: `since start 1m40s`. */
export const scopeText = ({ stats, retainedOnly }: ChurnData): string =>
  `${retainedOnly ? 'retained events' : 'since start'} ${formatDuration(stats.spanNs)}`;

/** The grouping of the failures view. */
export const failureGrouping: Grouping = 'command';

/** The views whose statistics count only the events that match the filter. */
const filteredViews: readonly ViewId[] = ['churn', 'failures'];

/** Returns whether the filter can be applied to groups. Other filters must be applied to events. */
export const isCommOnlyFilter = ({ fieldNames }: CompiledFilter, groupBy: Grouping): boolean =>
  fieldNames.length === 0 || (groupBy === 'comm' && fieldNames.every((name) => name === 'comm'));

/** Maintains the statistics of the churn view: of all events and, for a filter on events, of the retained ones. */
export class ChurnModel {
  #all = new ChurnStats();
  /** Whether the statistics started from a system state, without the events before it. */
  #startedMidTrace = false;
  #frozen: StatsSnapshot | undefined;
  #filtered: FilteredStats | undefined;

  ingest({ nowNs, records }: Batch): void {
    for (const record of records) this.#all.apply(record);
    this.#all.advance(nowNs);
  }

  /** Applies arguments that were read later than the spawn or exec of a process. */
  setLateArgs(process: ProcessId, args: readonly string[]): void {
    this.#all.setLateArgs(process, args);
    this.#filtered?.stats.setLateArgs(process, args);
  }

  /** Starts again from the retained events of a system state. */
  restart(system: SystemState): void {
    this.#all = new FilteredStats(system, matchAll).stats;
    this.#startedMidTrace = true;
  }

  /** Freezes or unfreezes the statistics on screen. Events are still counted. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen ? snapshotStats(this.#all) : undefined;
  }

  /** Returns the statistics to show. Retained events are counted only while the churn view needs it. */
  dataFor(
    system: SystemState,
    { activeView, filter, groupBy }: { activeView: ViewId; filter: CompiledFilter; groupBy: Grouping },
  ): ChurnData {
    const unfiltered = this.#frozen ?? this.#all;
    const grouping = activeView === 'failures' ? failureGrouping : groupBy;
    if (!filteredViews.includes(activeView) || isCommOnlyFilter(filter, grouping)) {
      this.#filtered = undefined;
      return { stats: unfiltered, retainedOnly: this.#startedMidTrace, unfiltered };
    }
    if (this.#filtered?.isFor(system, filter)) this.#filtered.update();
    else this.#filtered = new FilteredStats(system, filter);
    return { stats: this.#filtered.stats, retainedOnly: true, unfiltered };
  }
}
