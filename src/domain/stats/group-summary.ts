import type { FailedExit, FailureCount } from './exit-counts.ts';
import type { GroupStats, ProcessName } from './group-stats.ts';
import type { Grouping } from './groups.ts';
import type { QuantileSketch } from './quantile-sketch.ts';
import type { StatsSnapshot } from './snapshot.ts';

const nsPerMs = 1e6;
/** Bounds of the bins in a lifetime histogram, from 1 ms to 100 s in thirds of a decade. */
export const lifetimeBoundsNs = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000].map(
  (bound) => bound * nsPerMs,
);

/** Maximum number of kinds of failures in a summary. */
const maxFailures = 5;

/** The distribution of durations, ns. Quantiles are within `maxRelativeError`; min and max are exact. Undefined without any. */
type Quantiles = {
  count: number;
  min: bigint | undefined;
  p50: bigint | undefined;
  p95: bigint | undefined;
  max: bigint | undefined;
};

/** The figures of one group, as plain values. */
export type GroupSummary = {
  key: string;
  /** Of a parent group: the parent and its ancestors, nearest first. */
  lineage: readonly ProcessName[] | undefined;
  /** Of a parent group: the host of its guest. */
  host: string | undefined;
  spawns: number;
  execs: number;
  exits: number;
  alive: number;
  zombies: number;
  maxZombies: number;
  /** Spawns per second over the last five seconds. */
  rate: number;
  /** Spawns per second over the whole span. */
  meanRate: number;
  /** Spawns in the busiest second. */
  peakRate: number;
  /** How long exited processes ran. */
  lifetimes: Quantiles & {
    /** Number of processes between each two of `lifetimeBoundsNs`. */
    histogram: number[];
  };
  /** How long those that were seen as zombies waited to be reaped. */
  zombieTimes: Quantiles;
  /** Sum of the times that exited processes ran, ns. */
  runNs: bigint;
  /** CPU time, ns. */
  cpu: {
    /** Of all exited processes, as last seen: a lower bound. */
    seenNs: bigint;
    /** Of a parent: of the children that it reaped, and of their descendants; exact. Of the total: of all of them. */
    childrenNs: bigint;
  };
  /** Exits with a known status, those of them that failed, and the most frequent failures. */
  exitStatuses: {
    known: number;
    failed: number;
    failures: FailureCount[];
    /** Failures within the last minute. */
    failuresPerMinute: number;
    /** When the first failure was counted, CLOCK_MONOTONIC ns. */
    firstFailureNs: bigint | undefined;
    lastFailure: FailedExit | undefined;
  };
  /** Of a comm or command: the most frequent comm of its parents. Of another group: the comm that it spawned most often. */
  topName: { name: string; count: number } | undefined;
};

/** Returns the spawns per second of a group over the last five seconds. */
export const spawnRate = (stats: StatsSnapshot, group: GroupStats): number =>
  group.spawnsPerSecond.perSecond(stats.rateSpanSeconds, stats.second);

/** Returns the known failures per second of a group over the last five seconds. */
export const failureRate = (stats: StatsSnapshot, group: GroupStats): number =>
  group.exitCounts.failureRate(stats.rateSpanSeconds, stats.second);

const quantilesOf = (sketch: QuantileSketch): Quantiles => ({
  count: sketch.count,
  min: sketch.min,
  p50: sketch.quantile(0.5),
  p95: sketch.quantile(0.95),
  max: sketch.max,
});

/** Computes the figures of a group. */
export const summarizeGroup = (stats: StatsSnapshot, group: GroupStats): GroupSummary => {
  const { key, lineage, host, spawns, execs, exits, alive, zombies, maxZombies } = group;
  const { spawnsPerSecond, lifetimes, zombieTimes, exitCounts, topNames } = group;
  const seconds = Number(stats.spanNs) / 1e9;
  return {
    key,
    lineage: lineage?.map(({ pid, comm }) => ({ pid, comm })),
    host,
    spawns,
    execs,
    exits,
    alive,
    zombies,
    maxZombies,
    rate: spawnRate(stats, group),
    meanRate: seconds > 0 ? spawns / seconds : 0,
    peakRate: spawnsPerSecond.peak,
    lifetimes: { ...quantilesOf(lifetimes), histogram: lifetimes.histogram(lifetimeBoundsNs) },
    zombieTimes: quantilesOf(zombieTimes),
    runNs: group.runNs,
    cpu: { seenNs: group.cpuNs, childrenNs: group.childrenCpuNs },
    exitStatuses: {
      known: exitCounts.known,
      failed: exitCounts.failed,
      failures: exitCounts.topFailures(maxFailures),
      failuresPerMinute: exitCounts.failuresPerMinute(stats.second),
      firstFailureNs: exitCounts.firstFailureNs,
      lastFailure: exitCounts.lastFailure,
    },
    topName: topNames.mostFrequent(),
  };
};

/** Sort values of groups, for descending order. An unknown duration comes last. */
export const sortKeys = {
  spawns: (group) => group.spawns,
  rate: (group, stats) => spawnRate(stats, group),
  peak: (group) => group.spawnsPerSecond.peak,
  alive: (group) => group.alive,
  exits: (group) => group.exits,
  zombies: (group) => group.zombies,
  p50: (group) => Number(group.lifetimes.quantile(0.5) ?? -1n),
  p95: (group) => Number(group.lifetimes.quantile(0.95) ?? -1n),
  failed: (group) => group.exitCounts.failed,
  reaped: (group) => Number(group.zombieTimes.quantile(0.5) ?? -1n),
  longest: (group) => Number(group.lifetimes.max ?? -1n),
  run: (group) => Number(group.runNs),
  cpu: (group) => Number(group.childrenCpuNs || group.cpuNs),
  shortest: (group) => -Number(group.lifetimes.min ?? 1n << 128n),
} as const satisfies Record<string, (group: GroupStats, stats: StatsSnapshot) => number>;
export type SortKey = keyof typeof sortKeys;

const hasActivity = ({ spawns, exits, zombies, zombieTimes }: GroupStats): boolean =>
  spawns > 0 || exits > 0 || zombies > 0 || zombieTimes.count > 0;

/** Returns the groups with activity in descending order, ties by spawns and then by key. `(other)` is always last. */
export const sortedGroups = (
  stats: StatsSnapshot,
  grouping: Grouping,
  sortKey: SortKey = 'spawns',
): GroupStats[] => {
  const groups = stats.groups[grouping];
  const valueOfGroup = sortKeys[sortKey];
  return [...groups]
    .filter(hasActivity)
    .map((group) => ({ group, value: group === groups.other ? -Infinity : valueOfGroup(group, stats) }))
    .toSorted(
      (a, b) => b.value - a.value || b.group.spawns - a.group.spawns || (a.group.key < b.group.key ? -1 : 1),
    )
    .map(({ group }) => group);
};
