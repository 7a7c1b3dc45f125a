/** How a fact is compared. Longer ones first where one begins with another: that is how they are read. */
export const operators = ['=~', '!=', '<=', '>=', '=', '<', '>', '~'] as const;
export type Operator = (typeof operators)[number];

/** A value as typed (quotes taken off), and where in the text it begins and ends. */
export type Value = { text: string; column: number; end: number };

/** A filter as its author meant it. */
export type Expression =
  | { kind: 'all' }
  | { kind: 'compare'; field: string; operator: Operator; values: readonly Value[] }
  | { kind: 'not'; operand: Expression }
  | { kind: 'and' | 'or'; operands: readonly Expression[] };

export type Comparison = Extract<Expression, { kind: 'compare' }>;

/** All it compares, as written from left to right. */
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

const unquotedText = /^[\w.:/@%+-]+$/;

/** Only what can mean nothing else goes without quotes. */
export const quote = (text: string): string =>
  unquotedText.test(text) ? text : `"${text.replaceAll('"', '""')}"`;

/** A text that parses to the same meaning: every field named, every operand in its own parentheses. */
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
