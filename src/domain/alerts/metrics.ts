import { loopRows } from '../churn-report.ts';
import { rateOf } from '../churn-row.ts';
import type { Rates } from '../rates.ts';
import type { ChurnStats, Grouping } from '../stats.ts';
import { processName, type Tally } from '../tally.ts';
import { grouped, shortRate } from '../text.ts';

/** What rules are held against. */
export type Sight = {
  stats: ChurnStats;
  /** Ends, and tasks that came and went unseen, by second. */
  exits: Rates;
  unseen: Rates;
};

/** One figure; `id` tells keys apart, `key` names them. Neither where all are taken together. */
export type Reading = { id: string; key: string | undefined; value: number };

/** How figures are typed and told: the factors of units that may follow the number, the first of which goes without saying. */
export type Unit = {
  factors: Readonly<Record<string, number>>;
  required?: true;
  print: (value: number) => string;
};

const thousands = { '': 1, k: 1e3, M: 1e6 };
const per = { '/s': 1, '/m': 1 / 60, '/h': 1 / 3600 };

export const units = {
  rate: {
    factors: Object.fromEntries(
      Object.entries(thousands).flatMap(([size, factor]) => [
        [size, factor],
        ...Object.entries(per).map(([time, share]) => [size + time, factor * share]),
      ]),
    ),
    print: (value) => `${shortRate(value)}/s`,
  },
  count: { factors: thousands, print: (value) => grouped(value) },
  share: { factors: { '%': 0.01 }, required: true, print: (value) => `${(value * 100).toFixed(1)}%` },
} as const satisfies Record<string, Unit>;

export type Metric = {
  name: string;
  unit: keyof typeof units;
  /** Without a grouping it asks for all together; these may be asked for one by one. */
  groups: readonly Grouping[];
  help: string;
  example: string;
  read: (sight: Sight, by: Grouping | undefined) => Iterable<Reading>;
};

const everyGroup = ['comm', 'parent', 'user'] as const;

const nameOf = ({ key, lineage }: Pick<Tally, 'key' | 'lineage'>): string =>
  lineage?.[0] ? processName(lineage[0]) : key;

const one = (value: number | undefined): Reading[] =>
  value === undefined ? [] : [{ id: '', key: undefined, value }];

/** A figure of all, or of each key. What fell into `(other)` has no key of its own and cannot be told apart. */
const ofTallies = (figure: (tally: Tally, stats: ChurnStats) => number): Metric['read'] =>
  function* ({ stats }, by) {
    if (by === undefined) return yield* one(figure(stats.all, stats));
    const tallies = stats.by[by];
    for (const tally of tallies) {
      if (tally !== tallies.other) yield { id: tally.key, key: nameOf(tally), value: figure(tally, stats) };
    }
  };

/** Of all loops that go on under a key the longest. */
const restarts: Metric['read'] = ({ stats }, by) => {
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

/** All that rules can ask for; docs/alerts.md is drawn from this. Rates are means of the last five seconds. */
export const metrics: readonly Metric[] = [
  {
    name: 'spawn_rate',
    unit: 'rate',
    groups: everyGroup,
    help: 'births, over the last five seconds',
    example: 'spawn_rate(comm)>50',
    read: ofTallies((tally, stats) => rateOf(stats, tally)),
  },
  {
    name: 'exit_rate',
    unit: 'rate',
    groups: [],
    help: 'ends, over the last five seconds',
    example: 'exit_rate>6k/m',
    read: ({ stats, exits }) => one(exits.perSecond(stats.rateSpan)),
  },
  {
    name: 'alive',
    unit: 'count',
    groups: everyGroup,
    help: 'processes there are, zombies among them',
    example: 'alive(user)>2k',
    read: ofTallies(({ alive }) => alive),
  },
  {
    name: 'zombies',
    unit: 'count',
    groups: everyGroup,
    help: 'processes that ended and are not reaped; of a parent those that it does not reap',
    example: 'zombies(parent)>=10 for 10s',
    read: ofTallies(({ zombies }) => zombies),
  },
  {
    name: 'restarts',
    unit: 'count',
    groups: ['comm', 'parent'],
    help: 'short lives in a row of the longest restart loop that goes on',
    example: 'restarts(comm)>=5',
    read: restarts,
  },
  {
    name: 'unseen_rate',
    unit: 'rate',
    groups: [],
    help: 'tasks (threads among them) that came and went between two looks, over the last five seconds',
    example: 'unseen_rate>100',
    read: ({ stats, unseen }) => one(unseen.perSecond(stats.rateSpan)),
  },
  {
    name: 'coverage',
    unit: 'share',
    groups: [],
    help: 'of what was born in the last five seconds, the share that was seen (at least)',
    example: 'coverage<90% for 30s',
    read: (sight) => one(coverage(sight)),
  },
];

export const metricNamed = (name: string): Metric | undefined =>
  metrics.find((metric) => metric.name === name);
