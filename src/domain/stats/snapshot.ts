import type { ChurnStats } from './churn-stats.ts';
import type { GroupStats } from './group-stats.ts';
import { type Grouping, groupings } from './groups.ts';
import type { RestartLoops } from './loops/restart-loops.ts';

/** The groups of one grouping. `other` is the group of the evicted ones. */
type GroupsSnapshot = Iterable<GroupStats> & { readonly other: GroupStats; readonly evicted: number };

/** The statistics that summaries are computed from: a `ChurnStats`, or an immutable copy of one. */
export type StatsSnapshot = Readonly<
  Pick<ChurnStats, 'nowNs' | 'second' | 'spanNs' | 'rateSpanSeconds' | 'all'> & {
    groups: Readonly<Record<Grouping, GroupsSnapshot>>;
    restartLoops: Pick<RestartLoops, 'list'>;
  }
>;

/** Copies statistics, for a frozen view. */
export const snapshotStats = (stats: ChurnStats): StatsSnapshot => {
  const { nowNs, second, spanNs, rateSpanSeconds, all, groups, restartLoops } = stats;
  const copyGroups = (grouping: Grouping): GroupsSnapshot => {
    const { other, evicted } = groups[grouping];
    const otherCopy = other.clone();
    const copies = Array.from(groups[grouping], (group) => (group === other ? otherCopy : group.clone()));
    return Object.assign(copies, { other: otherCopy, evicted });
  };
  const loops = restartLoops.list().map((loop) => ({ ...loop }));
  return {
    nowNs,
    second,
    spanNs,
    rateSpanSeconds,
    all: all.clone(),
    groups: Object.fromEntries(groupings.map((grouping) => [grouping, copyGroups(grouping)])) as Record<
      Grouping,
      GroupsSnapshot
    >,
    restartLoops: { list: () => loops },
  };
};
