import type { GroupStats, ProcessName } from './group-stats.ts';
import type { Grouping } from './groups.ts';
import type { StatsSnapshot } from './snapshot.ts';

const nsPerMs = 1e6;
/** Between the cells of a drawn histogram of lifetimes: a third of a decade each, 1 ms to 100 s. */
export const lifetimeBoundsNs = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000].map(
  (bound) => bound * nsPerMs,
);

/** What people look at of one key, worked out now: plain values, which stay as they are. */
export type GroupSummary = {
  key: string;
  /** Of a parent: itself and its ancestors, nearest first. */
  lineage: readonly ProcessName[] | undefined;
  spawns: number;
  execs: number;
  exits: number;
  alive: number;
  zombies: number;
  maxZombies: number;
  /** Spawns a second: now (the last five seconds), over all that was watched, and in the busiest second. */
  rate: number;
  meanRate: number;
  peakRate: number;
  /** Of those that ended, ns: the quantiles within `sketchError`, the ends exact. */
  lifetimes: {
    count: number;
    min: bigint | undefined;
    p50: bigint | undefined;
    p95: bigint | undefined;
    max: bigint | undefined;
    /** How many lived how long, between `lifetimeBounds`. */
    histogram: number[];
  };
  /** Of a comm its main parent's comm; of a parent and a user the comm spawned most. */
  topName: { name: string; count: number } | undefined;
};

export const spawnRate = (stats: StatsSnapshot, tally: GroupStats): number =>
  tally.spawnsPerSecond.perSecond(stats.second, stats.rateSpanSeconds);

export const summarizeGroup = (stats: StatsSnapshot, tally: GroupStats): GroupSummary => {
  const { key, lineage, spawns, execs, exits, alive, zombies, maxZombies, spawnsPerSecond, lifetimes } =
    tally;
  const seconds = Number(stats.spanNs) / 1e9;
  return {
    key,
    lineage: lineage?.map(({ pid, comm }) => ({ pid, comm })),
    spawns,
    execs,
    exits,
    alive,
    zombies,
    maxZombies,
    rate: spawnRate(stats, tally),
    meanRate: seconds > 0 ? spawns / seconds : 0,
    peakRate: spawnsPerSecond.peak,
    lifetimes: {
      count: lifetimes.count,
      min: lifetimes.min,
      p50: lifetimes.quantile(0.5),
      p95: lifetimes.quantile(0.95),
      max: lifetimes.max,
      histogram: lifetimes.histogram(lifetimeBoundsNs),
    },
    topName: tally.topNames.mostFrequent(),
  };
};

/** Largest first, whatever they rank by; a duration that is not known ranks last. */
export const sortKeys = {
  spawns: (tally) => tally.spawns,
  rate: (tally, stats) => spawnRate(stats, tally),
  peak: (tally) => tally.spawnsPerSecond.peak,
  alive: (tally) => tally.alive,
  exits: (tally) => tally.exits,
  zombies: (tally) => tally.zombies,
  p50: (tally) => Number(tally.lifetimes.quantile(0.5) ?? -1n),
  p95: (tally) => Number(tally.lifetimes.quantile(0.95) ?? -1n),
  shortest: (tally) => -Number(tally.lifetimes.min ?? 1n << 128n),
} as const satisfies Record<string, (tally: GroupStats, stats: StatsSnapshot) => number>;
export type SortKey = keyof typeof sortKeys;

const hasActivity = ({ spawns, exits, zombies }: GroupStats): boolean =>
  spawns > 0 || exits > 0 || zombies > 0;

/** The keys under which anything happened, ranked, `(other)` always last; ties go by spawns, then by key. */
export const sortedGroups = (
  stats: StatsSnapshot,
  by: Grouping,
  ranking: SortKey = 'spawns',
): GroupStats[] => {
  const tallies = stats.groups[by];
  const rank = sortKeys[ranking];
  return [...tallies]
    .filter(hasActivity)
    .map((tally) => ({ tally, rank: tally === tallies.other ? -Infinity : rank(tally, stats) }))
    .toSorted(
      (a, b) => b.rank - a.rank || b.tally.spawns - a.tally.spawns || (a.tally.key < b.tally.key ? -1 : 1),
    )
    .map(({ tally }) => tally);
};
