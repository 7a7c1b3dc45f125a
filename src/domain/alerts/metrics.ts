import { formatRate, groupDigits } from '../../util/format.ts';
import { type Grouping, groupings } from '../stats/groups.ts';

/** The units of a metric. `factors` maps a unit to its size in the base unit; the unit '' is a number without a unit. */
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
      Object.entries(countFactors).flatMap(([prefix, factor]) => [
        [prefix, factor],
        ...Object.entries(timeFactors).map(([time, share]) => [prefix + time, factor * share]),
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
  /** Groupings that the metric accepts. Without a grouping, the metric covers all processes. */
  groupings: readonly Grouping[];
  help: string;
  example: string;
};

const metricTable = [
  {
    name: 'spawn_rate',
    unit: 'rate',
    groupings,
    help: 'spawns, mean of the last 5 seconds',
    example: 'spawn_rate(comm)>50',
  },
  {
    name: 'exit_rate',
    unit: 'rate',
    groupings: [],
    help: 'exits, mean of the last 5 seconds',
    example: 'exit_rate>6k/m',
  },
  {
    name: 'failure_rate',
    unit: 'rate',
    groupings,
    help: 'exits known to have failed (code other than 0, or signal), mean of the last 5 seconds',
    example: 'failure_rate(comm)>1 for 10s',
  },
  {
    name: 'alive',
    unit: 'count',
    groupings,
    help: 'live processes, zombies included',
    example: 'alive(user)>2k',
  },
  {
    name: 'zombies',
    unit: 'count',
    groupings,
    help: 'zombies; with `parent`, those that the parent does not reap',
    example: 'zombies(parent)>=10 for 10s',
  },
  {
    name: 'restarts',
    unit: 'count',
    groupings: ['comm', 'parent'],
    help: 'number of processes in the longest ongoing crash loop',
    example: 'restarts(comm)>=5',
  },
  {
    name: 'unseen_rate',
    unit: 'rate',
    groupings: [],
    help: 'missed tasks (processes and threads), mean of the last 5 seconds',
    example: 'unseen_rate>100',
  },
  {
    name: 'coverage',
    unit: 'share',
    groupings: [],
    help: 'share of the spawns that was seen (lower bound), over the last 5 seconds',
    example: 'coverage<90% for 30s',
  },
] as const satisfies readonly Metric[];

export type MetricName = (typeof metricTable)[number]['name'];

/** All metrics. docs/guide/alerts.md has a table generated from them; `metricValues` computes them. */
export const metrics: readonly Metric[] = metricTable;

export const findMetric = (name: string): Metric | undefined =>
  metrics.find((metric) => metric.name === name);
