import type { CaptureMode, GapReason, GapRecord } from '../events/event.ts';
import type { ChurnStats } from './churn-stats.ts';
import type { GapTotals } from './gap-summary.ts';
import type { GroupStats } from './group-stats.ts';
import { type GroupSummary, sortedGroups, summarizeGroup } from './group-summary.ts';
import { type ReportGrouping, reportGroupings } from './groups.ts';
import { type RestartLoopSummary, summarizeLoops } from './loops/loop-summary.ts';

export type GroupReport = {
  rows: GroupSummary[];
  /** Groups with failed exits, most failures first. */
  failing: GroupSummary[];
  /** Number of groups with activity, including those without a row. */
  keys: number;
  /** Number of groups that were merged into `(other)`. */
  evicted: number;
};

/** The content of `churntop report`, as plain values. */
export type ChurnReport = {
  spanNs: bigint;
  total: GroupSummary;
  groups: Record<ReportGrouping, GroupReport>;
  restartLoops: RestartLoopSummary[];
  /** Parents that have zombies now, had many at once, or take long to reap. */
  zombies: GroupSummary[];
  coverage: {
    mode: CaptureMode | undefined;
    spawnsSeen: number;
    /** Number of missed tasks (processes and threads); undefined if the sampler cannot count them. */
    missed: number | undefined;
    /** Lower bound of the share of spawns that were seen; undefined if `missed` is undefined, or without spawns. */
    seenShare: number | undefined;
    gaps: Partial<Record<GapReason, GapTotals>>;
    recentGaps: GapRecord[];
    /** Number of processes without an exit record. */
    missedExits: number;
  };
};

export type ChurnReportOptions = {
  stats: ChurnStats;
  /** Maximum number of rows in each table. */
  top: number;
  mode: CaptureMode | undefined;
  /** The host, or the hosts if they are not counted each. Default: `unknown`. */
  host?: string;
  /** Time covered by the records of each host, ns, if several were recorded at the same time. */
  hostSpans?: ReadonlyMap<string, bigint>;
};

/** Minimum number of zombies at once that counts as a pile-up. Every parent has one or two for a moment. */
const zombiePileUpSize = 10;
/** Parents that take longer than this to reap, in ns, are listed too. */
const slowReapingNs = 100_000_000n;

const summarizeCoverage = (stats: ChurnStats, mode: CaptureMode | undefined): ChurnReport['coverage'] => {
  const { gaps, spawnsSeen } = stats;
  const isMissedKnown = (mode !== undefined && mode !== 'walk') || gaps.byReason.has('unseen');
  const spawns = spawnsSeen + gaps.missedTasks;
  return {
    mode,
    spawnsSeen,
    missed: isMissedKnown ? gaps.missedTasks : undefined,
    seenShare: isMissedKnown && spawns > 0 ? spawnsSeen / spawns : undefined,
    gaps: Object.fromEntries(gaps.byReason),
    recentGaps: [...gaps.recent],
    missedExits: stats.missedExits,
  };
};

/** Returns the rows of hosts, those without activity included. A single host has the figures of the total. */
const reportHosts = ({ stats, top, host = 'unknown', hostSpans }: ChurnReportOptions): GroupReport => {
  const summarize = (group: GroupStats): GroupSummary => {
    const { nowNs, second, rateSpanSeconds, all, groups, restartLoops } = stats;
    const spanNs = hostSpans?.get(group.key) ?? stats.spanNs;
    return summarizeGroup({ nowNs, second, rateSpanSeconds, all, groups, restartLoops, spanNs }, group);
  };
  const rows = Array.from(stats.hosts, summarize);
  if (rows.length === 0) rows.push({ ...summarizeGroup(stats, stats.all), key: host });
  const failing = rows.filter(({ exitStatuses }) => exitStatuses.failed > 0);
  return {
    rows: rows.toSorted((a, b) => b.spawns - a.spawns || (a.key < b.key ? -1 : 1)).slice(0, top),
    failing: failing.toSorted((a, b) => b.exitStatuses.failed - a.exitStatuses.failed).slice(0, top),
    keys: rows.length,
    evicted: stats.hosts.evicted,
  };
};

export const buildChurnReport = (options: ChurnReportOptions): ChurnReport => {
  const { stats, top, mode } = options;
  const reportGroups = (grouping: ReportGrouping): GroupReport => {
    if (grouping === 'host') return reportHosts(options);
    const groups = sortedGroups(stats, grouping);
    return {
      rows: groups.slice(0, top).map((group) => summarizeGroup(stats, group)),
      failing: sortedGroups(stats, grouping, 'failed')
        .filter(({ exitCounts }) => exitCounts.failed > 0)
        .slice(0, top)
        .map((group) => summarizeGroup(stats, group)),
      keys: groups.length,
      evicted: stats.groups[grouping].evicted,
    };
  };
  return {
    spanNs: stats.spanNs,
    total: summarizeGroup(stats, stats.all),
    groups: Object.fromEntries(
      reportGroupings.map((grouping) => [grouping, reportGroups(grouping)]),
    ) as Record<ReportGrouping, GroupReport>,
    restartLoops: summarizeLoops(stats).slice(0, top),
    zombies: sortedGroups(stats, 'parent', 'zombies')
      .filter(
        ({ zombies, maxZombies, zombieTimes }) =>
          zombies > 0 || maxZombies >= zombiePileUpSize || (zombieTimes.max ?? 0n) >= slowReapingNs,
      )
      .slice(0, top)
      .map((group) => summarizeGroup(stats, group)),
    coverage: summarizeCoverage(stats, mode),
  };
};
