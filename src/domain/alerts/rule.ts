import { parseDurationNs } from '../../util/time.ts';
import type { Grouping } from '../stats/groups.ts';
import { findMetric, type Metric, type Unit, units } from './metrics.ts';

/** Compares a value with the limit of a rule. */
export const comparisonOperators = {
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
} as const;
export type ComparisonOperator = keyof typeof comparisonOperators;

/** An alert rule, as plain values because rules are sent to the sampling thread. */
export type AlertRule = {
  metric: string;
  groupBy?: Grouping;
  operator: ComparisonOperator;
  /** The limit as typed, in `unit`. */
  amount: number;
  unit: string;
  /** How long the condition must be true before the alert is raised, as typed: `10s`. */
  duration?: string;
};

/** Returns the limit in the base unit of its metric: events per second, a count, or a share from 0 to 1. */
export const limitOf = ({ metric, amount, unit }: AlertRule): number => {
  const { factors }: Unit = units[(findMetric(metric) as Metric).unit];
  return amount * (factors[unit] as number);
};

/** Returns how long the condition must be true before the alert is raised, in ns. */
export const durationNsOf = ({ duration }: AlertRule): bigint =>
  (duration && parseDurationNs(duration)) || 0n;

/** Formats a rule with as few spaces as possible. */
export const formatRule = ({ metric, groupBy, operator, amount, unit, duration }: AlertRule): string =>
  `${metric}${groupBy ? `(${groupBy})` : ''}${operator}${amount}${unit}${duration ? ` for ${duration}` : ''}`;

/**
 * Rules that are active by default: zombies that accumulate under a parent that does not reap them, and crash loops.
 */
export const defaultRules: readonly AlertRule[] = [
  { metric: 'zombies', groupBy: 'parent', operator: '>=', amount: 10, unit: '', duration: '10s' },
  { metric: 'restarts', groupBy: 'comm', operator: '>=', amount: 5, unit: '' },
];
