import { meantPrefix } from '../../util/closest.ts';
import { durationUnits, parseDurationNs } from '../../util/time.ts';
import type { SyntaxIssue } from '../filter/error.ts';
import type { Grouping } from '../stats/groups.ts';
import { findMetric, type Metric, metrics, type Unit, units } from './metrics.ts';

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

export type ParsedRule =
  | { ok: true; rule: AlertRule }
  | ({ ok: false } & Pick<SyntaxIssue, 'error' | 'column'>);

const unitOf = (metric: Metric): Unit => units[metric.unit];

/** Returns the limit in the base unit of its metric: events per second, a count, or a share from 0 to 1. */
export const limitOf = ({ metric, amount, unit }: AlertRule): number =>
  amount * (unitOf(findMetric(metric) as Metric).factors[unit] as number);

/** Returns how long the condition must be true before the alert is raised, in ns. */
export const durationNsOf = ({ duration }: AlertRule): bigint =>
  (duration && parseDurationNs(duration)) || 0n;

/** Formats a rule with as few spaces as possible. */
export const formatRule = ({ metric, groupBy, operator, amount, unit, duration }: AlertRule): string =>
  `${metric}${groupBy ? `(${groupBy})` : ''}${operator}${amount}${unit}${duration ? ` for ${duration}` : ''}`;

const maxDurationNs = 3_600_000_000_000n;

/** Reads the tokens of a rule, with their positions in UTF-16 units. A token that does not match is empty. */
class RuleLexer {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads a token after any spaces. */
  read(pattern: RegExp): { text: string; column: number } {
    this.#match(/\s*/y);
    return this.readAdjacent(pattern);
  }

  /** Reads a token that follows without a space. */
  readAdjacent(pattern: RegExp): { text: string; column: number } {
    const column = this.position;
    return { text: this.#match(pattern), column };
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }
}

const joinNames = (words: readonly string[]): string => words.filter((word) => word !== '').join(', ');

/**
 * Parses a rule (docs/guide/alerts.md): metric, optional grouping in parentheses, comparison, number with unit, and
 * optional duration, as in `spawn_rate(comm)>50` or `zombies(parent) >= 10 for 10s`. Never throws, and takes time linear
 * in the text.
 */
export const parseRule = (text: string): ParsedRule => {
  const lexer = new RuleLexer(text);
  const fail = (error: string, column: number): ParsedRule => ({ ok: false, error, column });

  const name = lexer.read(/\w*/y);
  const metric = findMetric(name.text);
  if (!metric) {
    const metricNames = metrics.map((other) => other.name);
    const names = joinNames(metricNames);
    return fail(
      name.text === ''
        ? `expected a metric: ${names}`
        : `unknown metric "${name.text}" (${meantPrefix(name.text, metricNames)}expected ${names})`,
      name.column,
    );
  }

  let groupBy: Grouping | undefined;
  if (lexer.read(/\(/y).text !== '') {
    const group = lexer.read(/\w*/y);
    groupBy = metric.groupings.find((grouping) => grouping === group.text);
    if (!groupBy) {
      const groups = joinNames(metric.groupings);
      return fail(
        groups
          ? `unknown grouping "${group.text}" (expected ${groups})`
          : `${metric.name} does not accept a grouping`,
        group.column,
      );
    }
    const close = lexer.read(/\)/y);
    if (close.text === '') return fail('expected )', close.column);
  }

  const operator = lexer.read(/[<>=!~]+/y);
  const comparison = (Object.keys(comparisonOperators) as ComparisonOperator[]).find(
    (known) => known === operator.text,
  );
  if (!comparison)
    return fail(`expected a comparison: ${joinNames(Object.keys(comparisonOperators))}`, operator.column);

  const number = lexer.read(/[\d.]*/y);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(number.text))
    return fail('expected a number, such as 50 or 0.5', number.column);
  const unit = lexer.readAdjacent(/[%/A-Za-z]*/y);
  const { factors, required } = unitOf(metric);
  if (!Object.hasOwn(factors, unit.text)) {
    const expected = joinNames(Object.keys(factors));
    return fail(
      required
        ? `${metric.name} needs the unit ${expected}`
        : `unknown unit "${unit.text}" (expected ${expected} or none)`,
      unit.column,
    );
  }
  const rule: AlertRule = {
    metric: metric.name,
    ...(groupBy && { groupBy }),
    operator: comparison,
    amount: Number(number.text),
    unit: unit.text,
  };

  const word = lexer.read(/\w+/y);
  if (word.text === 'for') {
    const duration = lexer.read(/[^\s,]*/y);
    const ns = parseDurationNs(duration.text);
    if (ns === undefined || ns > maxDurationNs)
      return fail(
        `expected a duration of at most 1h, such as 10s or 5m (units ${durationUnits.join(', ')})`,
        duration.column,
      );
    rule.duration = duration.text;
  } else if (word.text !== '') {
    return fail('expected "for" and a duration, such as for 10s', word.column);
  }
  const rest = lexer.read(/[\s\S]*/y);
  return rest.text === '' ? { ok: true, rule } : fail('unexpected text after the rule', rest.column);
};

/**
 * Rules that are active by default: zombies that accumulate under a parent that does not reap them, and crash loops.
 */
export const defaultRules: readonly AlertRule[] = [
  { metric: 'zombies', groupBy: 'parent', operator: '>=', amount: 10, unit: '', duration: '10s' },
  { metric: 'restarts', groupBy: 'comm', operator: '>=', amount: 5, unit: '' },
];
