import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { FilterSubject as Judged } from '../../domain/filter/subject.ts';
import type { GroupStats } from '../../domain/stats/group-stats.ts';
import { sortedGroups, sortKeys, summarizeGroup } from '../../domain/stats/group-summary.ts';
import { type Grouping, otherKey } from '../../domain/stats/groups.ts';
import { type RestartLoopSummary, summarizeLoops } from '../../domain/stats/report.ts';
import type { Order } from '../actions/view-id.ts';
import type { ChurnTableRow } from './churn-columns.ts';
import { type ChurnData, isCommOnlyFilter } from './churn-data.ts';
import type { RowList } from './row-list.ts';

/** How the churn view is looked at. */
export type ChurnOptions = { filter: CompiledFilter; groupBy: Grouping; order: Order };

const isSortKey = (by: string): by is keyof typeof sortKeys => by in sortKeys;

/** Keys under which anything happened and that the filter lets through, in order. */
export const churnGroups = ({ stats }: ChurnData, { filter, groupBy, order }: ChurnOptions): GroupStats[] => {
  const tallies = sortedGroups(stats, groupBy, isSortKey(order.by) ? order.by : 'spawns');
  const passing =
    filter.fieldNames.length > 0 && isCommOnlyFilter(filter, groupBy)
      ? tallies.filter(({ key }) => filter.matches(commSubject(key)))
      : tallies;
  const text = textSortKeys[order.by];
  if (text) passing.sort(compareText((tally) => text(tally, groupBy)));
  if (order.by === 'loop') passing.sort(byLoop(stats, groupBy));
  return order.reversed ? passing.reverse() : passing;
};

/** What rows are sorted by that is no number; what is not known comes last. */
const textSortKeys: Readonly<Record<string, (tally: GroupStats, by: Grouping) => string | undefined>> = {
  name: (tally, by) => groupName(tally, by),
  mostly: ({ topNames }) => topNames.mostFrequent()?.name,
};

/** Rows of one text stay in the order they are in. */
const compareText = (text: (tally: GroupStats) => string | undefined) => (a: GroupStats, b: GroupStats) => {
  const [one, other] = [text(a), text(b)];
  if (one === other) return 0;
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
  return one < other ? -1 : 1;
};

/** The longest loop first. */
const byLoop = (picture: ChurnData['stats'], by: Grouping) => {
  const loops = ongoingLoops(picture, by);
  const countOf = ({ key }: GroupStats) => loops.get(key)?.count ?? 0;
  return (a: GroupStats, b: GroupStats) => countOf(b) - countOf(a);
};

/** All that is known of a comm as such. */
const commSubject = (comm: string): Judged => ({
  pid: -1,
  comm,
  ppid: undefined,
  uid: undefined,
  user: undefined,
  cgroup: undefined,
  ageNs: undefined,
  lifetimeNs: undefined,
  event: undefined,
  isDescendantOf: () => false,
});

/** Of a parent its PID and comm (where it must be cut, the comm is), if it was known; of all else the key. */
const groupName = ({ key, lineage }: GroupStats, by: Grouping): string => {
  if (lineage?.[0]) return `${lineage[0].pid} ${lineage[0].comm}`;
  return by === 'parent' && key !== otherKey ? '?' : key;
};

/** The comm that a row is of: its own, or its parent's; users have none, and neither have those that fell together. */
const groupComm = ({ key, lineage }: GroupStats, by: Grouping): string | undefined =>
  by === 'comm' && key !== otherKey ? key : lineage?.[0]?.comm;

/** What the rows of some tallies show. */
export const churnTableRows = (
  { stats }: ChurnData,
  tallies: readonly GroupStats[],
  by: Grouping,
  userName: (uid: number) => string,
): ChurnTableRow[] => {
  const loops = ongoingLoops(stats, by);
  return tallies.map((tally) => ({
    summary: summarizeGroup(stats, tally),
    spawnsPerSecond: tally.spawnsPerSecond.history(stats.second).slice(0, -1),
    loop: loops.get(tally.key),
    name: by === 'user' && /^\d+$/.test(tally.key) ? userName(Number(tally.key)) : groupName(tally, by),
  }));
};

/** Loops that go on, by the key under which they are shown: the longest of each. */
const ongoingLoops = (picture: ChurnData['stats'], by: Grouping): Map<string, RestartLoopSummary> => {
  const loops = new Map<string, RestartLoopSummary>();
  for (const loop of summarizeLoops(picture)) {
    const key = { comm: loop.comm, parent: loop.parentKey, user: undefined }[by];
    if (loop.ongoing && key !== undefined && !loops.has(key)) loops.set(key, loop);
  }
  return loops;
};

/** A comm must not be taken for a process, nor a user for a comm: each key says what it is of. */
export const churnList = (tallies: readonly GroupStats[], by: Grouping): RowList => {
  const keyOf = (tally: GroupStats) => `${by}:${tally.key}`;
  return {
    length: tallies.length,
    indexOfKey: (key) => tallies.findIndex((tally) => keyOf(tally) === key),
    indexOfComm: (comm) => tallies.findIndex((tally) => groupComm(tally, by) === comm),
    targetAt: (index) => {
      const tally = tallies[index] as GroupStats;
      return { key: keyOf(tally), comm: groupComm(tally, by), pid: tally.lineage?.[0]?.pid };
    },
  };
};
