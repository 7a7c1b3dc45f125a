import type { ChurnStats } from './churn-stats.ts';
import type { GroupStats } from './group-stats.ts';
import { type Grouping, groupings } from './groups.ts';
import type { RestartLoops } from './restart-loops.ts';

/** The keys of a grouping: those held, and `other` for those that fell out. */
type GroupsSnapshot = Iterable<GroupStats> & { readonly other: GroupStats; readonly evicted: number };

/** What rows are worked out of: statistics as they go on, or as they were at one moment. */
export type StatsSnapshot = Readonly<
  Pick<ChurnStats, 'nowNs' | 'second' | 'spanNs' | 'rateSpanSeconds' | 'all'> & {
    groups: Readonly<Record<Grouping, GroupsSnapshot>>;
    restartLoops: Pick<RestartLoops, 'list'>;
  }
>;

/** Statistics as they are now, for a frozen view. */
export const snapshotStats = (stats: ChurnStats): StatsSnapshot => {
  const { nowNs, second, spanNs, rateSpanSeconds, all, groups, restartLoops } = stats;
  const copies = groupings.map((grouping) => {
    const { other, evicted } = groups[grouping];
    const byOther = other.clone();
    const tallies = Array.from(groups[grouping], (tally) => (tally === other ? byOther : tally.clone()));
    return [grouping, Object.assign(tallies, { other: byOther, evicted })];
  });
  const runs = restartLoops.list().map((run) => ({ ...run }));
  return {
    nowNs,
    second,
    spanNs,
    rateSpanSeconds,
    all: all.clone(),
    groups: Object.fromEntries(copies),
    restartLoops: { list: () => runs },
  };
};
