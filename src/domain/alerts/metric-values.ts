import type { RateCounter } from '../processes/rate-counter.ts';
import { formatProcessName, type GroupStats } from '../stats/group-stats.ts';
import { failureRate, spawnRate } from '../stats/group-summary.ts';
import type { Grouping } from '../stats/groups.ts';
import { type RestartLoopSummary, summarizeLoops } from '../stats/loops/loop-summary.ts';
import type { StatsSnapshot } from '../stats/snapshot.ts';
import type { MetricName } from './metrics.ts';

/** The statistics that metrics are computed from. */
export type AlertInputs = {
  stats: StatsSnapshot;
  exits: RateCounter;
  /** Missed tasks. */
  missed: RateCounter;
};

/** The value of a metric for one group. `id` identifies the group, `key` names it; without a grouping there is no key. */
export type MetricValue = {
  id: string;
  key: string | undefined;
  value: number;
  /** The restart loop whose length is the value. */
  loop?: RestartLoopSummary;
};

type ReadMetric = (inputs: AlertInputs, grouping: Grouping | undefined) => Iterable<MetricValue>;

const groupName = ({ key, lineage }: Pick<GroupStats, 'key' | 'lineage'>): string =>
  lineage?.[0] ? formatProcessName(lineage[0]) : key;

const singleValue = (value: number | undefined): MetricValue[] =>
  value === undefined ? [] : [{ id: '', key: undefined, value }];

/** Returns a reader of one value, or of one for each group. Skips the group `(other)`, which has many keys. */
const perGroup = (readGroup: (group: GroupStats, stats: StatsSnapshot) => number): ReadMetric =>
  function* ({ stats }, grouping) {
    if (grouping === undefined) return yield* singleValue(readGroup(stats.all, stats));
    const groups = stats.groups[grouping];
    for (const group of groups) {
      if (group !== groups.other)
        yield { id: group.key, key: groupName(group), value: readGroup(group, stats) };
    }
  };

/** Returns the length of the longest ongoing crash loop, of each group if there is a grouping. */
const longestRestartLoops: ReadMetric = ({ stats }, grouping) => {
  const longest = new Map<string, MetricValue>();
  for (const loop of summarizeLoops(stats)) {
    const { comm, parentKey, lineage, count, ongoing, isCrashLoop } = loop;
    if (!ongoing || !isCrashLoop) continue;
    const group =
      grouping === 'parent'
        ? { id: parentKey, key: groupName({ key: parentKey, lineage }) }
        : grouping === 'comm'
          ? { id: comm, key: comm }
          : { id: '', key: undefined };
    if (!longest.has(group.id)) longest.set(group.id, { ...group, value: count, loop });
  }
  return longest.values();
};

/** Returns the share of the spawns of the last 5 seconds that was seen, 0 to 1; undefined if there were no spawns. */
const coverage = ({ stats, missed }: AlertInputs): number | undefined => {
  const seen = spawnRate(stats, stats.all);
  const spawned = seen + missed.perSecond(stats.rateSpanSeconds);
  return spawned > 0 ? seen / spawned : undefined;
};

/** Readers of all metrics. */
export const metricValues: Readonly<Record<MetricName, ReadMetric>> = {
  spawn_rate: perGroup((group, stats) => spawnRate(stats, group)),
  exit_rate: ({ stats, exits }) => singleValue(exits.perSecond(stats.rateSpanSeconds)),
  failure_rate: perGroup((group, stats) => failureRate(stats, group)),
  alive: perGroup(({ alive }) => alive),
  zombies: perGroup(({ zombies }) => zombies),
  restarts: longestRestartLoops,
  unseen_rate: ({ stats, missed }) => singleValue(missed.perSecond(stats.rateSpanSeconds)),
  coverage: (inputs) => singleValue(coverage(inputs)),
};
