import type { Name, Tally } from './group-stats.ts';
import type { Grouping } from './groups.ts';
import type { ChurnPicture } from './snapshot.ts';

const ms = 1e6;
/** Between the cells of a drawn histogram of lifetimes: a third of a decade each, 1 ms to 100 s. */
export const lifetimeBounds = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000].map(
  (bound) => bound * ms,
);

/** What people look at of one key, worked out now: plain values, which stay as they are. */
export type ChurnRow = {
  key: string;
  /** Of a parent: itself and its ancestors, nearest first. */
  lineage: readonly Name[] | undefined;
  spawns: number;
  execs: number;
  exits: number;
  alive: number;
  zombies: number;
  mostZombies: number;
  /** Spawns a second: now (the last five seconds), over all that was watched, and in the busiest second. */
  rate: number;
  meanRate: number;
  peak: number;
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
  mostly: { name: string; count: number } | undefined;
};

export const rateOf = (stats: ChurnPicture, tally: Tally): number =>
  tally.births.perSecond(stats.second, stats.rateSpan);

export const churnRow = (stats: ChurnPicture, tally: Tally): ChurnRow => {
  const { key, lineage, spawns, execs, exits, alive, zombies, mostZombies, births, lifetimes } = tally;
  const seconds = Number(stats.spanNs) / 1e9;
  return {
    key,
    lineage: lineage?.map(({ pid, comm }) => ({ pid, comm })),
    spawns,
    execs,
    exits,
    alive,
    zombies,
    mostZombies,
    rate: rateOf(stats, tally),
    meanRate: seconds > 0 ? spawns / seconds : 0,
    peak: births.peak,
    lifetimes: {
      count: lifetimes.count,
      min: lifetimes.min,
      p50: lifetimes.quantile(0.5),
      p95: lifetimes.quantile(0.95),
      max: lifetimes.max,
      histogram: lifetimes.histogram(lifetimeBounds),
    },
    mostly: tally.mostly.first(),
  };
};

/** Largest first, whatever they rank by; a duration that is not known ranks last. */
export const rankings = {
  spawns: (tally) => tally.spawns,
  rate: (tally, stats) => rateOf(stats, tally),
  peak: (tally) => tally.births.peak,
  alive: (tally) => tally.alive,
  exits: (tally) => tally.exits,
  zombies: (tally) => tally.zombies,
  p50: (tally) => Number(tally.lifetimes.quantile(0.5) ?? -1n),
  p95: (tally) => Number(tally.lifetimes.quantile(0.95) ?? -1n),
  shortest: (tally) => -Number(tally.lifetimes.min ?? 1n << 128n),
} as const satisfies Record<string, (tally: Tally, stats: ChurnPicture) => number>;
export type Ranking = keyof typeof rankings;

const hasHappened = ({ spawns, exits, zombies }: Tally): boolean => spawns > 0 || exits > 0 || zombies > 0;

/** The keys under which anything happened, ranked, `(other)` always last; ties go by spawns, then by key. */
export const ranked = (stats: ChurnPicture, by: Grouping, ranking: Ranking = 'spawns'): Tally[] => {
  const tallies = stats.by[by];
  const rank = rankings[ranking];
  return [...tallies]
    .filter(hasHappened)
    .map((tally) => ({ tally, rank: tally === tallies.other ? -Infinity : rank(tally, stats) }))
    .toSorted(
      (a, b) => b.rank - a.rank || b.tally.spawns - a.tally.spawns || (a.tally.key < b.tally.key ? -1 : 1),
    )
    .map(({ tally }) => tally);
};
