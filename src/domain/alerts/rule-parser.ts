import { meantPrefix } from '../../util/closest.ts';
import { durationUnits, parseDurationNs } from '../../util/time.ts';
import type { SyntaxIssue } from '../filter/error.ts';
import type { Grouping } from '../stats/groups.ts';
import { findMetric, type Metric, metrics, type Unit, units } from './metrics.ts';
import { type AlertRule, type ComparisonOperator, comparisonOperators } from './rule.ts';

export type ParsedRule =
  | { ok: true; rule: AlertRule }
  | ({ ok: false } & Pick<SyntaxIssue, 'error' | 'column'>);

/** A syntax error inside the parser. `parseRule` returns it as a value. */
class RuleError extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

/** A token and its position in UTF-16 units. */
type Token = { text: string; column: number };

/** Reads the tokens of a rule. A token that does not match is empty. */
class RuleLexer {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads a token after any spaces. `pattern` is sticky. */
  read(pattern: RegExp): Token {
    this.#match(/\s*/y);
    return this.readAdjacent(pattern);
  }

  /** Reads a token that follows without a space. */
  readAdjacent(pattern: RegExp): Token {
    const column = this.#position;
    return { text: this.#match(pattern), column };
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += found.length;
    return found;
  }
}

/**
 * Parses a rule (docs/guide/alerts.md): metric, optional grouping in parentheses, comparison, number with unit, and
 * optional duration, as in `spawn_rate(comm)>50` or `zombies(parent) >= 10 for 10s`. Never throws, and takes time linear
 * in the text.
 */
export const parseRule = (text: string): ParsedRule => {
  try {
    return { ok: true, rule: readRule(new RuleLexer(text)) };
  } catch (error) {
    if (error instanceof RuleError) return { ok: false, error: error.message, column: error.column };
    throw error;
  }
};

/** @throws RuleError */
const readRule = (lexer: RuleLexer): AlertRule => {
  const metric = readMetric(lexer);
  const groupBy = readGrouping(lexer, metric);
  const operator = readOperator(lexer);
  const { amount, unit } = readLimit(lexer, metric);
  const duration = readDuration(lexer);
  const rest = lexer.read(/[\s\S]*/y);
  if (rest.text !== '') throw new RuleError('unexpected text after the rule', rest.column);
  return {
    metric: metric.name,
    ...(groupBy && { groupBy }),
    operator,
    amount,
    unit,
    ...(duration !== undefined && { duration }),
  };
};

const joinNames = (words: readonly string[]): string => words.filter((word) => word !== '').join(', ');

const readMetric = (lexer: RuleLexer): Metric => {
  const { text, column } = lexer.read(/\w*/y);
  const metric = findMetric(text);
  if (metric) return metric;
  const metricNames = metrics.map(({ name }) => name);
  const names = joinNames(metricNames);
  throw new RuleError(
    text === ''
      ? `expected a metric: ${names}`
      : `unknown metric "${text}" (${meantPrefix(text, metricNames)}expected ${names})`,
    column,
  );
};

const readGrouping = (lexer: RuleLexer, metric: Metric): Grouping | undefined => {
  if (lexer.read(/\(/y).text === '') return undefined;
  const { text, column } = lexer.read(/\w*/y);
  const grouping = metric.groupings.find((each) => each === text);
  if (!grouping) {
    const names = joinNames(metric.groupings);
    throw new RuleError(
      names === ''
        ? `${metric.name} does not accept a grouping`
        : `unknown grouping "${text}" (expected ${names})`,
      column,
    );
  }
  const close = lexer.read(/\)/y);
  if (close.text === '') throw new RuleError('expected )', close.column);
  return grouping;
};

const operators = Object.keys(comparisonOperators) as ComparisonOperator[];

const readOperator = (lexer: RuleLexer): ComparisonOperator => {
  const { text, column } = lexer.read(/[<>=!~]+/y);
  const operator = operators.find((each) => each === text);
  if (!operator) throw new RuleError(`expected a comparison: ${joinNames(operators)}`, column);
  return operator;
};

const readLimit = (lexer: RuleLexer, metric: Metric): Pick<AlertRule, 'amount' | 'unit'> => {
  const number = lexer.read(/[\d.]*/y);
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(number.text))
    throw new RuleError('expected a number, such as 50 or 0.5', number.column);
  const unit = lexer.readAdjacent(/[%/A-Za-z]*/y);
  const { factors, required }: Unit = units[metric.unit];
  if (!Object.hasOwn(factors, unit.text)) {
    const expected = joinNames(Object.keys(factors));
    throw new RuleError(
      required
        ? `${metric.name} needs the unit ${expected}`
        : `unknown unit "${unit.text}" (expected ${expected} or none)`,
      unit.column,
    );
  }
  return { amount: Number(number.text), unit: unit.text };
};

const maxDurationNs = 3_600_000_000_000n;

const readDuration = (lexer: RuleLexer): string | undefined => {
  const word = lexer.read(/\w+/y);
  if (word.text === '') return undefined;
  if (word.text !== 'for') throw new RuleError('expected "for" and a duration, such as for 10s', word.column);
  const { text, column } = lexer.read(/[^\s,]*/y);
  const ns = parseDurationNs(text);
  if (ns === undefined || ns > maxDurationNs)
    throw new RuleError(
      `expected a duration of at most 1h, such as 10s or 5m (units ${durationUnits.join(', ')})`,
      column,
    );
  return text;
};
