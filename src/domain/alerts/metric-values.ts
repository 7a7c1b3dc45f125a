import type { RateCounter } from '../processes/rate-counter.ts';
import type { ChurnStats } from '../stats/churn-stats.ts';
import { formatProcessName, type GroupStats } from '../stats/group-stats.ts';
import { spawnRate } from '../stats/group-summary.ts';
import type { Grouping } from '../stats/groups.ts';
import { summarizeLoops } from '../stats/report.ts';
import type { MetricName } from './metrics.ts';

/** What rules are held against. */
export type AlertInputs = {
  stats: ChurnStats;
  /** Ends, and tasks that came and went unseen, by second. */
  exits: RateCounter;
  missed: RateCounter;
};

/** One figure; `id` tells keys apart, `key` names them. Neither where all are taken together. */
export type MetricValue = { id: string; key: string | undefined; value: number };

type ReadMetric = (sight: AlertInputs, by: Grouping | undefined) => Iterable<MetricValue>;

const groupName = ({ key, lineage }: Pick<GroupStats, 'key' | 'lineage'>): string =>
  lineage?.[0] ? formatProcessName(lineage[0]) : key;

const singleValue = (value: number | undefined): MetricValue[] =>
  value === undefined ? [] : [{ id: '', key: undefined, value }];

/** A figure of all, or of each key. What fell into `(other)` has no key of its own and cannot be told apart. */
const perGroup = (figure: (tally: GroupStats, stats: ChurnStats) => number): ReadMetric =>
  function* ({ stats }, by) {
    if (by === undefined) return yield* singleValue(figure(stats.all, stats));
    const tallies = stats.groups[by];
    for (const tally of tallies) {
      if (tally !== tallies.other)
        yield { id: tally.key, key: groupName(tally), value: figure(tally, stats) };
    }
  };

/** Of all loops that go on under a key the longest. */
const longestRestartLoops: ReadMetric = ({ stats }, by) => {
  const longest = new Map<string, MetricValue>();
  for (const { comm, parentKey, lineage, count, ongoing } of summarizeLoops(stats)) {
    if (!ongoing) continue;
    const id = by === undefined ? '' : by === 'comm' ? comm : parentKey;
    const key = by === undefined ? undefined : by === 'comm' ? comm : groupName({ key: parentKey, lineage });
    if (!longest.has(id)) longest.set(id, { id, key, value: count });
  }
  return longest.values();
};

/** Of what was born in the last seconds; undefined while nothing was. */
const coverage = ({ stats, missed }: AlertInputs): number | undefined => {
  const seen = spawnRate(stats, stats.all);
  const born = seen + missed.perSecond(stats.rateSpanSeconds);
  return born > 0 ? seen / born : undefined;
};

/** How each metric is read. */
export const metricValues: Readonly<Record<MetricName, ReadMetric>> = {
  spawn_rate: perGroup((tally, stats) => spawnRate(stats, tally)),
  exit_rate: ({ stats, exits }) => singleValue(exits.perSecond(stats.rateSpanSeconds)),
  alive: perGroup(({ alive }) => alive),
  zombies: perGroup(({ zombies }) => zombies),
  restarts: longestRestartLoops,
  unseen_rate: ({ stats, missed }) => singleValue(missed.perSecond(stats.rateSpanSeconds)),
  coverage: (sight) => singleValue(coverage(sight)),
};
