import type { GapReason, GapRecord } from '../events/event.ts';
import type { CaptureMode } from '../events/record.ts';
import type { ChurnStats } from './churn-stats.ts';
import type { GapTotals } from './gap-summary.ts';
import type { ProcessName } from './group-stats.ts';
import { type GroupSummary, sortedGroups, summarizeGroup } from './group-summary.ts';
import { type Grouping, groupings } from './groups.ts';
import type { LoopKind, Streak } from './restart-loops.ts';
import type { StatsSnapshot } from './snapshot.ts';

export type RestartLoopSummary = {
  comm: string;
  /** The parent that starts it again and again: its key among the parents, itself and its ancestors. */
  parentKey: string;
  lineage: readonly ProcessName[];
  kind: LoopKind;
  /** Young lives in the longest row. */
  count: number;
  /** From one birth to the next, on average, ns. */
  periodNs: number;
  /** The row has not been broken, and the next life is not overdue. */
  ongoing: boolean;
};

export type GroupReport = {
  rows: GroupSummary[];
  /** Keys with any churn, shown or not. */
  keys: number;
  /** Keys that fell into `(other)` because there were too many. */
  evicted: number;
};

/** All that `churntop report` says, as plain values. */
export type ChurnReport = {
  spanNs: bigint;
  total: GroupSummary;
  groups: Record<Grouping, GroupReport>;
  restartLoops: RestartLoopSummary[];
  /** Parents with children that ended and are not reaped now, or that were many at the worst moment. */
  zombies: GroupSummary[];
  coverage: {
    mode: CaptureMode | undefined;
    spawnsSeen: number;
    /** Tasks (threads among them) born and gone unseen; undefined where nobody could count them. */
    missed: number | undefined;
    /** Part of the births that was seen, at least; undefined where unseen is. */
    seenShare: number | undefined;
    gaps: Partial<Record<GapReason, GapTotals>>;
    recentGaps: GapRecord[];
    /** Processes whose end was not told. */
    missedExits: number;
  };
};

export type ChurnReportOptions = { stats: ChurnStats; top: number; mode: CaptureMode | undefined };

const minOverdueNs = 10e9;
/** One or two unreaped for a moment are every parent's; so many at once are a pile-up. */
const zombiePileUpSize = 10;

/** Restart loops, the longest first. */
export const summarizeLoops = (
  stats: Pick<StatsSnapshot, 'nowNs' | 'restartLoops'>,
): RestartLoopSummary[] => {
  const nowNs = Number(stats.nowNs);
  return stats.restartLoops.list().flatMap((run) => (run.loop ? [summarizeLoop(run, run.loop, nowNs)] : []));
};

const summarizeLoop = (
  run: Streak,
  { kind, length, periodNs }: NonNullable<Streak['loop']>,
  nowNs: number,
): RestartLoopSummary => ({
  comm: run.comm,
  parentKey: run.parent.key,
  lineage: (run.parent.lineage ?? []).map(({ pid, comm }) => ({ pid, comm })),
  kind,
  count: length,
  periodNs,
  ongoing: run.length === length && nowNs - run.lastExitNs <= Math.max(3 * periodNs, minOverdueNs),
});

const coverage = (stats: ChurnStats, mode: CaptureMode | undefined): ChurnReport['coverage'] => {
  const { gaps } = stats;
  const counts = mode === 'cursor' || gaps.byReason.has('unseen');
  const spawnsSeen = stats.spawnsSeen;
  const born = spawnsSeen + gaps.missedTasks;
  return {
    mode,
    spawnsSeen,
    missed: counts ? gaps.missedTasks : undefined,
    seenShare: counts && born > 0 ? spawnsSeen / born : undefined,
    gaps: Object.fromEntries(gaps.byReason),
    recentGaps: [...gaps.recent],
    missedExits: stats.missedExits,
  };
};

export const buildChurnReport = ({ stats, top, mode }: ChurnReportOptions): ChurnReport => {
  const group = (by: Grouping): GroupReport => {
    const all = sortedGroups(stats, by);
    return {
      rows: all.slice(0, top).map((tally) => summarizeGroup(stats, tally)),
      keys: all.length,
      evicted: stats.groups[by].evicted,
    };
  };
  return {
    spanNs: stats.spanNs,
    total: summarizeGroup(stats, stats.all),
    groups: Object.fromEntries(groupings.map((by) => [by, group(by)])) as Record<Grouping, GroupReport>,
    restartLoops: summarizeLoops(stats).slice(0, top),
    zombies: sortedGroups(stats, 'parent', 'zombies')
      .filter(({ zombies, maxZombies }) => zombies > 0 || maxZombies >= zombiePileUpSize)
      .slice(0, top)
      .map((tally) => summarizeGroup(stats, tally)),
    coverage: coverage(stats, mode),
  };
};
