import type { GapReason, GapRecord } from '../events/event.ts';
import type { CaptureMode } from '../events/record.ts';
import type { ChurnStats } from './churn-stats.ts';
import type { Loss } from './gap-summary.ts';
import type { Name } from './group-stats.ts';
import { type ChurnRow, churnRow, ranked } from './group-summary.ts';
import { type Grouping, groupings } from './groups.ts';
import type { LoopKind, Run } from './restart-loops.ts';
import type { ChurnPicture } from './snapshot.ts';

export type LoopRow = {
  comm: string;
  /** The parent that starts it again and again: its key among the parents, itself and its ancestors. */
  parentKey: string;
  lineage: readonly Name[];
  kind: LoopKind;
  /** Young lives in the longest row. */
  count: number;
  /** From one birth to the next, on average, ns. */
  periodNs: number;
  /** The row has not been broken, and the next life is not overdue. */
  goesOn: boolean;
};

export type GroupReport = {
  rows: ChurnRow[];
  /** Keys with any churn, shown or not. */
  keys: number;
  /** Keys that fell into `(other)` because there were too many. */
  fallen: number;
};

/** All that `churntop report` says, as plain values. */
export type ChurnReport = {
  spanNs: bigint;
  total: ChurnRow;
  groups: Record<Grouping, GroupReport>;
  loops: LoopRow[];
  /** Parents with children that ended and are not reaped now, or that were many at the worst moment. */
  zombies: ChurnRow[];
  coverage: {
    mode: CaptureMode | undefined;
    spawnsSeen: number;
    /** Tasks (threads among them) born and gone unseen; undefined where nobody could count them. */
    unseen: number | undefined;
    /** Part of the births that was seen, at least; undefined where unseen is. */
    seen: number | undefined;
    losses: Partial<Record<GapReason, Loss>>;
    recentGaps: GapRecord[];
    /** Processes whose end was not told. */
    vanished: number;
  };
};

export type ReportOptions = { stats: ChurnStats; top: number; mode: CaptureMode | undefined };

const leastOverdueNs = 10e9;
/** One or two unreaped for a moment are every parent's; so many at once are a pile-up. */
const pileUp = 10;

/** Restart loops, the longest first. */
export const loopRows = (stats: Pick<ChurnPicture, 'nowNs' | 'loops'>): LoopRow[] => {
  const nowNs = Number(stats.nowNs);
  return stats.loops.list().flatMap((run) => (run.loop ? [loopRow(run, run.loop, nowNs)] : []));
};

const loopRow = (run: Run, { kind, length, periodNs }: NonNullable<Run['loop']>, nowNs: number): LoopRow => ({
  comm: run.comm,
  parentKey: run.parent.key,
  lineage: (run.parent.lineage ?? []).map(({ pid, comm }) => ({ pid, comm })),
  kind,
  count: length,
  periodNs,
  goesOn: run.length === length && nowNs - run.lastEndNs <= Math.max(3 * periodNs, leastOverdueNs),
});

const coverage = (stats: ChurnStats, mode: CaptureMode | undefined): ChurnReport['coverage'] => {
  const { losses } = stats;
  const counts = mode === 'cursor' || losses.byReason.has('unseen');
  const spawnsSeen = stats.bornSeen;
  const born = spawnsSeen + losses.unseen;
  return {
    mode,
    spawnsSeen,
    unseen: counts ? losses.unseen : undefined,
    seen: counts && born > 0 ? spawnsSeen / born : undefined,
    losses: Object.fromEntries(losses.byReason),
    recentGaps: [...losses.recent],
    vanished: stats.vanished,
  };
};

export const churnReport = ({ stats, top, mode }: ReportOptions): ChurnReport => {
  const group = (by: Grouping): GroupReport => {
    const all = ranked(stats, by);
    return {
      rows: all.slice(0, top).map((tally) => churnRow(stats, tally)),
      keys: all.length,
      fallen: stats.by[by].fallen,
    };
  };
  return {
    spanNs: stats.spanNs,
    total: churnRow(stats, stats.all),
    groups: Object.fromEntries(groupings.map((by) => [by, group(by)])) as Record<Grouping, GroupReport>,
    loops: loopRows(stats).slice(0, top),
    zombies: ranked(stats, 'parent', 'zombies')
      .filter(({ zombies, mostZombies }) => zombies > 0 || mostZombies >= pileUp)
      .slice(0, top)
      .map((tally) => churnRow(stats, tally)),
    coverage: coverage(stats, mode),
  };
};
