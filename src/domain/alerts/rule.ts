import { durationUnits, parseDurationNs } from '../../util/time.ts';
import type { SyntaxIssue } from '../filter/error.ts';
import type { Grouping } from '../stats/groups.ts';
import { findMetric, type Metric, metrics, type Unit, units } from './metrics.ts';

/** How a figure compares with the limit of a rule. */
export const comparisonOperators = {
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
} as const;
export type ComparisonOperator = keyof typeof comparisonOperators;

/** What an operator wants to be told of, as plain values: rules cross thread boundaries. */
export type AlertRule = {
  metric: string;
  groupBy?: Grouping;
  operator: ComparisonOperator;
  /** As typed. */
  amount: number;
  unit: string;
  /** How long it must hold before it is told, as typed: `10s`. */
  duration?: string;
};

export type ParsedRule =
  | { ok: true; rule: AlertRule }
  | ({ ok: false } & Pick<SyntaxIssue, 'error' | 'column'>);

const unitOf = (metric: Metric): Unit => units[metric.unit];

/** The limit in the base unit of its metric (a second, one, the whole). */
export const limitOf = ({ metric, amount, unit }: AlertRule): number =>
  amount * (unitOf(findMetric(metric) as Metric).factors[unit] as number);

/** ns. */
export const durationNsOf = ({ duration }: AlertRule): bigint =>
  (duration && parseDurationNs(duration)) || 0n;

/** As it is typed, without spaces that need not be. */
export const formatRule = ({ metric, groupBy, operator, amount, unit, duration }: AlertRule): string =>
  `${metric}${groupBy ? `(${groupBy})` : ''}${operator}${amount}${unit}${duration ? ` for ${duration}` : ''}`;

const maxDurationNs = 3_600_000_000_000n;

/** The text and the place in it: steps over what is there, and gives where it began. */
class RuleLexer {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(kind: RegExp): { text: string; column: number } {
    this.#match(/\s*/y);
    return this.readAdjacent(kind);
  }

  /** Without a space before it. */
  readAdjacent(kind: RegExp): { text: string; column: number } {
    const column = this.position;
    return { text: this.#match(kind), column };
  }

  #match(kind: RegExp): string {
    kind.lastIndex = this.position;
    const found = kind.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }
}

const joinNames = (words: readonly string[]): string => words.filter((word) => word !== '').join(', ');

/**
 * The rule language (docs/alerts.md): a metric, a grouping in brackets if it has any, a comparison, a number with its
 * unit, and how long it must hold: `spawn_rate(comm)>50`, `zombies(parent) >= 10 for 10s`. Total, linear in the text.
 */
export const parseRule = (text: string): ParsedRule => {
  const reader = new RuleLexer(text);
  const fail = (error: string, column: number): ParsedRule => ({ ok: false, error, column });

  const name = reader.read(/\w*/y);
  const metric = findMetric(name.text);
  if (!metric) {
    const names = joinNames(metrics.map((each) => each.name));
    return fail(
      name.text === '' ? `a metric is missing: ${names}` : `no metric; there are ${names}`,
      name.column,
    );
  }

  let groupBy: Grouping | undefined;
  if (reader.read(/\(/y).text !== '') {
    const group = reader.read(/\w*/y);
    groupBy = metric.groupings.find((each) => each === group.text);
    if (!groupBy) {
      const groups = joinNames(metric.groupings);
      return fail(`${metric.name} ${groups ? `goes by ${groups}` : 'has no grouping'}`, group.column);
    }
    const close = reader.read(/\)/y);
    if (close.text === '') return fail('a ) is missing', close.column);
  }

  const operator = reader.read(/[<>=!~]+/y);
  const comparison = (Object.keys(comparisonOperators) as ComparisonOperator[]).find(
    (each) => each === operator.text,
  );
  if (!comparison)
    return fail(`compare with ${joinNames(Object.keys(comparisonOperators))}`, operator.column);

  const number = reader.read(/[\d.]*/y);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(number.text)) return fail('a number is missing: 50, 0.5', number.column);
  const unit = reader.readAdjacent(/[%/A-Za-z]*/y);
  const { factors, required } = unitOf(metric);
  if (!Object.hasOwn(factors, unit.text)) {
    const wanted = joinNames(Object.keys(factors));
    return fail(
      required ? `${metric.name} is a share: write ${wanted}` : `no unit of it; there are ${wanted}`,
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

  const word = reader.read(/\w+/y);
  if (word.text === 'for') {
    const time = reader.read(/[^\s,]*/y);
    const ns = parseDurationNs(time.text);
    if (ns === undefined || ns > maxDurationNs)
      return fail(`a time is missing: 10s, 5m, at most 1h (${durationUnits.join(', ')})`, time.column);
    rule.duration = time.text;
  } else if (word.text !== '') {
    return fail('nothing but `for 10s` may follow', word.column);
  }
  const rest = reader.read(/[\s\S]*/y);
  return rest.text === '' ? { ok: true, rule } : fail('nothing may follow', rest.column);
};

/**
 * What is told of unasked, because nobody wants it: zombies that pile up under a parent that does not reap (so many as
 * the report takes for a pile-up) and stay, and whatever the churn view takes for a restart loop.
 */
export const defaultRules: readonly AlertRule[] = [
  { metric: 'zombies', groupBy: 'parent', operator: '>=', amount: 10, unit: '', duration: '10s' },
  { metric: 'restarts', groupBy: 'comm', operator: '>=', amount: 5, unit: '' },
];
