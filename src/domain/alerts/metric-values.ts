import type { Rates } from '../processes/rate-counter.ts';
import type { ChurnStats } from '../stats/churn-stats.ts';
import { processName, type Tally } from '../stats/group-stats.ts';
import { rateOf } from '../stats/group-summary.ts';
import type { Grouping } from '../stats/groups.ts';
import { loopRows } from '../stats/report.ts';
import type { MetricName } from './metrics.ts';

/** What rules are held against. */
export type Sight = {
  stats: ChurnStats;
  /** Ends, and tasks that came and went unseen, by second. */
  exits: Rates;
  unseen: Rates;
};

/** One figure; `id` tells keys apart, `key` names them. Neither where all are taken together. */
export type Reading = { id: string; key: string | undefined; value: number };

type Read = (sight: Sight, by: Grouping | undefined) => Iterable<Reading>;

const nameOf = ({ key, lineage }: Pick<Tally, 'key' | 'lineage'>): string =>
  lineage?.[0] ? processName(lineage[0]) : key;

const one = (value: number | undefined): Reading[] =>
  value === undefined ? [] : [{ id: '', key: undefined, value }];

/** A figure of all, or of each key. What fell into `(other)` has no key of its own and cannot be told apart. */
const ofTallies = (figure: (tally: Tally, stats: ChurnStats) => number): Read =>
  function* ({ stats }, by) {
    if (by === undefined) return yield* one(figure(stats.all, stats));
    const tallies = stats.by[by];
    for (const tally of tallies) {
      if (tally !== tallies.other) yield { id: tally.key, key: nameOf(tally), value: figure(tally, stats) };
    }
  };

/** Of all loops that go on under a key the longest. */
const restarts: Read = ({ stats }, by) => {
  const longest = new Map<string, Reading>();
  for (const { comm, parentKey, lineage, count, goesOn } of loopRows(stats)) {
    if (!goesOn) continue;
    const id = by === undefined ? '' : by === 'comm' ? comm : parentKey;
    const key = by === undefined ? undefined : by === 'comm' ? comm : nameOf({ key: parentKey, lineage });
    if (!longest.has(id)) longest.set(id, { id, key, value: count });
  }
  return longest.values();
};

/** Of what was born in the last seconds; undefined while nothing was. */
const coverage = ({ stats, unseen }: Sight): number | undefined => {
  const seen = rateOf(stats, stats.all);
  const born = seen + unseen.perSecond(stats.rateSpan);
  return born > 0 ? seen / born : undefined;
};

/** How each metric is read. */
export const readings: Readonly<Record<MetricName, Read>> = {
  spawn_rate: ofTallies((tally, stats) => rateOf(stats, tally)),
  exit_rate: ({ stats, exits }) => one(exits.perSecond(stats.rateSpan)),
  alive: ofTallies(({ alive }) => alive),
  zombies: ofTallies(({ zombies }) => zombies),
  restarts,
  unseen_rate: ({ stats, unseen }) => one(unseen.perSecond(stats.rateSpan)),
  coverage: (sight) => one(coverage(sight)),
};
