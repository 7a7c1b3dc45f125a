/** Operators in matching order: an operator comes before any other that is a prefix of it. */
const operators = ['=~', '!=', '<=', '>=', '=', '<', '>', '~'] as const;
export type Operator = (typeof operators)[number];

/** A value without its quotes, and its range in the filter text in UTF-16 units. */
export type Value = { text: string; column: number; end: number };

/** The syntax tree of a filter. */
export type Expression =
  | { kind: 'all' }
  | {
      kind: 'compare';
      field: string;
      operator: Operator;
      values: readonly Value[];
      /** Whether it is part of a bare word, and not written as a comparison. */
      ofWord?: true;
    }
  | { kind: 'not'; operand: Expression }
  | { kind: 'and' | 'or'; operands: readonly Expression[] };

export type Comparison = Extract<Expression, { kind: 'compare' }>;

/** Returns the comparisons of an expression in text order. */
export const collectComparisons = (expression: Expression): readonly Comparison[] => {
  switch (expression.kind) {
    case 'all':
      return [];
    case 'compare':
      return [expression];
    case 'not':
      return collectComparisons(expression.operand);
    case 'and':
    case 'or':
      return expression.operands.flatMap(collectComparisons);
    default:
      return expression satisfies never;
  }
};

/** The fields that an exec changes. */
const nameFields: ReadonlySet<string> = new Set(['comm', 'args', 'cmd']);

/**
 * Returns whether an additional name of a process can turn a match into a mismatch. This is so if the expression negates
 * a comparison with its name or command.
 */
export const excludesNames = (expression: Expression, isNegated = false): boolean => {
  switch (expression.kind) {
    case 'all':
      return false;
    case 'compare':
      return nameFields.has(expression.field) && (expression.operator === '!=') !== isNegated;
    case 'not':
      return excludesNames(expression.operand, !isNegated);
    case 'and':
    case 'or':
      return expression.operands.some((operand) => excludesNames(operand, isNegated));
    default:
      return expression satisfies never;
  }
};

const unquotedText = /^[\w.:/@%+-]+$/;

/** Quotes a value unless it is unambiguous without quotes. */
export const quote = (text: string): string =>
  unquotedText.test(text) ? text : `"${text.replaceAll('"', '""')}"`;

/** Formats an expression as a filter text of the same meaning, with all fields and parentheses spelled out. */
export const formatExpression = (expression: Expression): string => {
  switch (expression.kind) {
    case 'all':
      return '';
    case 'compare': {
      const { field, operator, values } = expression;
      return `${field}${operator}${values.map(({ text }) => quote(text)).join(',')}`;
    }
    case 'not':
      return `!${formatOperand(expression.operand)}`;
    case 'and':
    case 'or':
      return expression.operands.map(formatOperand).join(` ${expression.kind} `);
    default:
      return expression satisfies never;
  }
};

const formatOperand = (expression: Expression): string =>
  expression.kind === 'compare' ? formatExpression(expression) : `(${formatExpression(expression)})`;
