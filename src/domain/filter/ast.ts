/** How a fact is compared. Longer ones first where one begins with another: that is how they are read. */
export const operators = ['=~', '!=', '<=', '>=', '=', '<', '>', '~'] as const;
export type Operator = (typeof operators)[number];

/** A value as typed (quotes taken off), and where in the text it begins and ends. */
export type Value = { text: string; column: number; end: number };

/** A filter as its author meant it. */
export type Expression =
  | { kind: 'all' }
  | { kind: 'compare'; field: string; operator: Operator; values: readonly Value[] }
  | { kind: 'not'; part: Expression }
  | { kind: 'and' | 'or'; parts: readonly Expression[] };

export type Comparison = Extract<Expression, { kind: 'compare' }>;

/** All it compares, as written from left to right. */
export const comparisonsIn = (expression: Expression): readonly Comparison[] => {
  switch (expression.kind) {
    case 'all':
      return [];
    case 'compare':
      return [expression];
    case 'not':
      return comparisonsIn(expression.part);
    case 'and':
    case 'or':
      return expression.parts.flatMap(comparisonsIn);
    default:
      return expression satisfies never;
  }
};

const plain = /^[\w.:/@%+-]+$/;

/** Only what can mean nothing else goes without quotes. */
export const quoted = (text: string): string => (plain.test(text) ? text : `"${text.replaceAll('"', '""')}"`);

/** A text that parses to the same meaning: every field named, every operand in its own parentheses. */
export const print = (expression: Expression): string => {
  switch (expression.kind) {
    case 'all':
      return '';
    case 'compare': {
      const { field, operator, values } = expression;
      return `${field}${operator}${values.map(({ text }) => quoted(text)).join(',')}`;
    }
    case 'not':
      return `!${operand(expression.part)}`;
    case 'and':
    case 'or':
      return expression.parts.map(operand).join(` ${expression.kind} `);
    default:
      return expression satisfies never;
  }
};

const operand = (expression: Expression): string =>
  expression.kind === 'compare' ? print(expression) : `(${print(expression)})`;
