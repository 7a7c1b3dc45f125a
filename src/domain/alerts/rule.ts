import { durationUnits, readDuration } from '../../util/time.ts';
import type { Complaint } from '../filter/error.ts';
import type { Grouping } from '../stats/groups.ts';
import { type Metric, metricNamed, metrics, type Unit, units } from './metrics.ts';

/** How a figure compares with the limit of a rule. */
export const comparisons = {
  '>': (value: number, limit: number) => value > limit,
  '>=': (value: number, limit: number) => value >= limit,
  '<': (value: number, limit: number) => value < limit,
  '<=': (value: number, limit: number) => value <= limit,
} as const;
export type Comparison = keyof typeof comparisons;

/** What an operator wants to be told of, as plain values: rules cross thread boundaries. */
export type Rule = {
  metric: string;
  by?: Grouping;
  comparison: Comparison;
  /** As typed. */
  amount: number;
  unit: string;
  /** How long it must hold before it is told, as typed: `10s`. */
  hold?: string;
};

export type Parsed = { ok: true; rule: Rule } | ({ ok: false } & Pick<Complaint, 'error' | 'column'>);

const unitOf = (metric: Metric): Unit => units[metric.unit];

/** The limit in the base unit of its metric (a second, one, the whole). */
export const limitOf = ({ metric, amount, unit }: Rule): number =>
  amount * (unitOf(metricNamed(metric) as Metric).factors[unit] as number);

/** ns. */
export const holdOf = ({ hold }: Rule): bigint => (hold && readDuration(hold)) || 0n;

/** As it is typed, without spaces that need not be. */
export const printRule = ({ metric, by, comparison, amount, unit, hold }: Rule): string =>
  `${metric}${by ? `(${by})` : ''}${comparison}${amount}${unit}${hold ? ` for ${hold}` : ''}`;

const longestHoldNs = 3_600_000_000_000n;

/** The text and the place in it: steps over what is there, and gives where it began. */
class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  take(kind: RegExp): { text: string; column: number } {
    this.#step(/\s*/y);
    return this.touching(kind);
  }

  /** Without a space before it. */
  touching(kind: RegExp): { text: string; column: number } {
    const column = this.at;
    return { text: this.#step(kind), column };
  }

  #step(kind: RegExp): string {
    kind.lastIndex = this.at;
    const found = kind.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }
}

const known = (words: readonly string[]): string => words.filter((word) => word !== '').join(', ');

/**
 * The rule language (docs/alerts.md): a metric, a grouping in brackets if it has any, a comparison, a number with its
 * unit, and how long it must hold: `spawn_rate(comm)>50`, `zombies(parent) >= 10 for 10s`. Total, linear in the text.
 */
export const parseRule = (text: string): Parsed => {
  const reader = new Reader(text);
  const fail = (error: string, column: number): Parsed => ({ ok: false, error, column });

  const name = reader.take(/\w*/y);
  const metric = metricNamed(name.text);
  if (!metric) {
    const names = known(metrics.map((each) => each.name));
    return fail(
      name.text === '' ? `a metric is missing: ${names}` : `no metric; there are ${names}`,
      name.column,
    );
  }

  let by: Grouping | undefined;
  if (reader.take(/\(/y).text !== '') {
    const group = reader.take(/\w*/y);
    by = metric.groups.find((each) => each === group.text);
    if (!by) {
      const groups = known(metric.groups);
      return fail(`${metric.name} ${groups ? `goes by ${groups}` : 'has no grouping'}`, group.column);
    }
    const close = reader.take(/\)/y);
    if (close.text === '') return fail('a ) is missing', close.column);
  }

  const operator = reader.take(/[<>=!~]+/y);
  const comparison = (Object.keys(comparisons) as Comparison[]).find((each) => each === operator.text);
  if (!comparison) return fail(`compare with ${known(Object.keys(comparisons))}`, operator.column);

  const number = reader.take(/[\d.]*/y);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(number.text)) return fail('a number is missing: 50, 0.5', number.column);
  const unit = reader.touching(/[%/A-Za-z]*/y);
  const { factors, required } = unitOf(metric);
  if (!Object.hasOwn(factors, unit.text)) {
    const wanted = known(Object.keys(factors));
    return fail(
      required ? `${metric.name} is a share: write ${wanted}` : `no unit of it; there are ${wanted}`,
      unit.column,
    );
  }
  const rule: Rule = {
    metric: metric.name,
    ...(by && { by }),
    comparison,
    amount: Number(number.text),
    unit: unit.text,
  };

  const word = reader.take(/\w+/y);
  if (word.text === 'for') {
    const time = reader.take(/[^\s,]*/y);
    const ns = readDuration(time.text);
    if (ns === undefined || ns > longestHoldNs)
      return fail(`a time is missing: 10s, 5m, at most 1h (${durationUnits.join(', ')})`, time.column);
    rule.hold = time.text;
  } else if (word.text !== '') {
    return fail('nothing but `for 10s` may follow', word.column);
  }
  const rest = reader.take(/[\s\S]*/y);
  return rest.text === '' ? { ok: true, rule } : fail('nothing may follow', rest.column);
};

/**
 * What is told of unasked, because nobody wants it: zombies that pile up under a parent that does not reap (so many as
 * the report takes for a pile-up) and stay, and whatever the churn view takes for a restart loop.
 */
export const defaultRules: readonly Rule[] = [
  { metric: 'zombies', by: 'parent', comparison: '>=', amount: 10, unit: '', hold: '10s' },
  { metric: 'restarts', by: 'comm', comparison: '>=', amount: 5, unit: '' },
];
