import { formatRate, groupDigits } from '../../util/format.ts';
import { type Grouping, groupings } from '../stats/groups.ts';

/** How figures are typed and told: the factors of units that may follow the number, the first of which goes without saying. */
export type Unit = {
  factors: Readonly<Record<string, number>>;
  required?: true;
  format: (value: number) => string;
};

const countFactors = { '': 1, k: 1e3, M: 1e6 };
const timeFactors = { '/s': 1, '/m': 1 / 60, '/h': 1 / 3600 };

export const units = {
  rate: {
    factors: Object.fromEntries(
      Object.entries(countFactors).flatMap(([size, factor]) => [
        [size, factor],
        ...Object.entries(timeFactors).map(([time, share]) => [size + time, factor * share]),
      ]),
    ),
    format: (value) => `${formatRate(value)}/s`,
  },
  count: { factors: countFactors, format: (value) => groupDigits(value) },
  share: { factors: { '%': 0.01 }, required: true, format: (value) => `${(value * 100).toFixed(1)}%` },
} as const satisfies Record<string, Unit>;

export type Metric = {
  name: string;
  unit: keyof typeof units;
  /** Without a grouping it asks for all together; these may be asked for one by one. */
  groupings: readonly Grouping[];
  help: string;
  example: string;
};

const metricTable = [
  {
    name: 'spawn_rate',
    unit: 'rate',
    groupings: groupings,
    help: 'births, over the last five seconds',
    example: 'spawn_rate(comm)>50',
  },
  {
    name: 'exit_rate',
    unit: 'rate',
    groupings: [],
    help: 'ends, over the last five seconds',
    example: 'exit_rate>6k/m',
  },
  {
    name: 'alive',
    unit: 'count',
    groupings: groupings,
    help: 'processes there are, zombies among them',
    example: 'alive(user)>2k',
  },
  {
    name: 'zombies',
    unit: 'count',
    groupings: groupings,
    help: 'processes that ended and are not reaped; of a parent those that it does not reap',
    example: 'zombies(parent)>=10 for 10s',
  },
  {
    name: 'restarts',
    unit: 'count',
    groupings: ['comm', 'parent'],
    help: 'short lives in a row of the longest restart loop that goes on',
    example: 'restarts(comm)>=5',
  },
  {
    name: 'unseen_rate',
    unit: 'rate',
    groupings: [],
    help: 'tasks (threads among them) that came and went between two looks, over the last five seconds',
    example: 'unseen_rate>100',
  },
  {
    name: 'coverage',
    unit: 'share',
    groupings: [],
    help: 'of what was born in the last five seconds, the share that was seen (at least)',
    example: 'coverage<90% for 30s',
  },
] as const satisfies readonly Metric[];

export type MetricName = (typeof metricTable)[number]['name'];

/**
 * All that rules can ask for; docs/alerts.md is drawn from this, and `readings` says how each is read. Rates are means of
 * the last five seconds.
 */
export const metrics: readonly Metric[] = metricTable;

export const findMetric = (name: string): Metric | undefined =>
  metrics.find((metric) => metric.name === name);
