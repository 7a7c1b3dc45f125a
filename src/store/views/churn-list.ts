import { shortenIds, shortenPath } from '../../domain/cgroups/place-text.ts';
import { nameText } from '../../domain/commands/command-text.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { emptySubject } from '../../domain/filter/subject.ts';
import type { GroupStats } from '../../domain/stats/group-stats.ts';
import { sortedGroups, sortKeys, summarizeGroup } from '../../domain/stats/group-summary.ts';
import { cgroupGroupings, type Grouping, otherKey } from '../../domain/stats/groups.ts';
import { type RestartLoopSummary, summarizeLoops } from '../../domain/stats/loops/loop-summary.ts';
import type { StatsSnapshot } from '../../domain/stats/snapshot.ts';
import type { Order } from '../actions/view-id.ts';
import type { ChurnTableRow } from './churn-columns.ts';
import { type ChurnData, failureGrouping, isCommOnlyFilter } from './churn-data.ts';
import { sortFailures } from './failure-columns.ts';
import type { RowList } from './row-list.ts';

/** The parts of the view state that determine the rows of the churn view. */
export type ChurnViewOptions = { filter: CompiledFilter; groupBy: Grouping; order: Order };

const isSortKey = (by: string): by is keyof typeof sortKeys => by in sortKeys;

/** Returns the groups with any activity that match the filter, sorted. */
export const churnGroups = (
  { stats }: ChurnData,
  { filter, groupBy, order }: ChurnViewOptions,
): GroupStats[] => {
  const groups = sortedGroups(stats, groupBy, isSortKey(order.by) ? order.by : 'spawns');
  const matching =
    filter.fieldNames.length > 0 && isCommOnlyFilter(filter, groupBy)
      ? groups.filter(({ key }) => filter.matches({ ...emptySubject, comm: key }))
      : groups;
  const text = textSortKeys[order.by];
  if (text) matching.sort(compareText((group) => text(group, groupBy)));
  if (order.by === 'loop') matching.sort(compareLoops(stats, groupBy));
  return order.reversed ? matching.reverse() : matching;
};

/** Returns the groups of the failures view: those with failures that match the filter, sorted. */
export const failureGroups = (
  churn: ChurnData,
  { filter, order }: Omit<ChurnViewOptions, 'groupBy'>,
): GroupStats[] => {
  const unsorted = { filter, groupBy: failureGrouping, order: { by: 'failed', reversed: false } };
  return sortFailures(churnGroups(churn, unsorted), churn.stats, order);
};

/** The sort keys that are texts. Groups without one are last. */
const textSortKeys: Readonly<Record<string, (group: GroupStats, groupBy: Grouping) => string | undefined>> = {
  name: (group, groupBy) => groupName(group, groupBy),
  top: ({ topNames }) => topNames.mostFrequent()?.name,
};

/** Compares by text. Groups of equal text keep their order, because sorting is stable. */
const compareText = (text: (group: GroupStats) => string | undefined) => (a: GroupStats, b: GroupStats) => {
  const [one, other] = [text(a), text(b)];
  if (one === other) return 0;
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
  return one < other ? -1 : 1;
};

/** Compares by the length of the ongoing restart loop, longest first. */
const compareLoops = (stats: StatsSnapshot, groupBy: Grouping) => {
  const loops = longestLoops(ongoingLoops(stats), groupBy);
  const countOf = ({ key }: GroupStats) => loops.get(key)?.count ?? 0;
  return (a: GroupStats, b: GroupStats) => countOf(b) - countOf(a);
};

/** Length to which the path of a cgroup is shortened. */
const maxPathLength = 24;

/** Returns the name of a row: PID and comm of a parent (truncation cuts the comm), otherwise the key. */
const groupName = ({ key, lineage }: GroupStats, groupBy: Grouping): string => {
  if (lineage?.[0]) return `${lineage[0].pid} ${nameText(lineage[0].comm)}`;
  if (groupBy === 'cgroup') return shortenPath(key, maxPathLength);
  if (cgroupGroupings.includes(groupBy)) return shortenIds(key);
  return groupBy === 'parent' && key !== otherKey ? '?' : nameText(key);
};

/** Returns the comm of a group or of its parent process; undefined for users and for evicted groups. */
const groupComm = ({ key, lineage }: GroupStats, groupBy: Grouping): string | undefined =>
  groupBy === 'comm' && key !== otherKey ? key : lineage?.[0]?.comm;

/** Returns the data of the table rows for some groups. */
export const churnTableRows = (
  { stats }: ChurnData,
  groups: readonly GroupStats[],
  { groupBy, userName }: { groupBy: Grouping; userName: (uid: number) => string },
): ChurnTableRow[] => {
  const ongoing = ongoingLoops(stats);
  const loops = longestLoops(ongoing, groupBy);
  return groups.map((group) => ({
    summary: summarizeGroup(stats, group),
    spawnsPerSecond: group.spawnsPerSecond.history(stats.second).slice(0, -1),
    loop: loops.get(group.key) ?? (groupBy === 'command' ? failingLoop(ongoing, group) : undefined),
    name:
      groupBy === 'user' && /^\d+$/.test(group.key) ? userName(Number(group.key)) : groupName(group, groupBy),
  }));
};

/** Returns the restart loops that are not overdue, longest first. */
const ongoingLoops = (stats: StatsSnapshot): RestartLoopSummary[] =>
  summarizeLoops(stats).filter(({ ongoing }) => ongoing);

/** Returns the loop of the process that failed last in a group. */
const failingLoop = (
  loops: readonly RestartLoopSummary[],
  { exitCounts }: GroupStats,
): RestartLoopSummary | undefined => {
  const { process, parent } = exitCounts.lastFailure ?? {};
  return (
    parent && loops.find(({ comm, lineage }) => comm === process?.comm && lineage[0]?.pid === parent.pid)
  );
};

/** Returns the longest loop of each group, by group key. */
const longestLoops = (
  loops: readonly RestartLoopSummary[],
  groupBy: Grouping,
): Map<string, RestartLoopSummary> => {
  const longest = new Map<string, RestartLoopSummary>();
  for (const loop of loops) {
    const key = groupBy === 'comm' ? loop.comm : groupBy === 'parent' ? loop.parentKey : undefined;
    if (key !== undefined && !longest.has(key)) longest.set(key, loop);
  }
  return longest;
};

/**
 * Returns the groups of the failures view as a row list. The comm of a row is that of the process that failed last, because
 * the processes of a command can have several.
 */
export const failureList = (groups: readonly GroupStats[]): RowList => {
  const list = churnList(groups, failureGrouping);
  const commAt = (index: number) => {
    const { key, exitCounts } = groups[index] as GroupStats;
    return key === otherKey ? undefined : exitCounts.lastFailure?.process.comm;
  };
  return {
    ...list,
    indexOfComm: (comm) => groups.findIndex((_, index) => commAt(index) === comm),
    targetAt: (index) => ({ ...list.targetAt(index), comm: commAt(index) }),
  };
};

/** Returns groups as a row list. Row keys contain the grouping, so that a comm and a user never have the same key. */
export const churnList = (groups: readonly GroupStats[], groupBy: Grouping): RowList => {
  const rowKey = (group: GroupStats) => `${groupBy}:${group.key}`;
  return {
    length: groups.length,
    indexOfKey: (key) => groups.findIndex((group) => rowKey(group) === key),
    indexOfComm: (comm) => groups.findIndex((group) => groupComm(group, groupBy) === comm),
    textAt: (index) => groupName(groups[index] as GroupStats, groupBy),
    targetAt: (index) => {
      const group = groups[index] as GroupStats;
      return {
        key: rowKey(group),
        comm: groupComm(group, groupBy),
        pid: group.lineage?.[0]?.pid,
        group: { grouping: groupBy, key: group.key },
      };
    },
  };
};
