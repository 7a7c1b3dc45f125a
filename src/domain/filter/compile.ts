import type { Expression } from './ast.ts';
import { FilterError } from './error.ts';
import { findField } from './fields.ts';
import type { FilterSubject } from './subject.ts';

export type SubjectPredicate = (subject: FilterSubject) => boolean;

const alwaysTrue: SubjectPredicate = () => true;

/**
 * An expression as a function that asks each fact at most once a comparison.
 * @throws FilterError where a value is none of its field's
 */
export const compileExpression = (expression: Expression, textLength: number): SubjectPredicate => {
  switch (expression.kind) {
    case 'all':
      return alwaysTrue;
    case 'compare':
      return compileComparison(expression, textLength);
    case 'not': {
      const part = compileExpression(expression.operand, textLength);
      return (subject) => !part(subject);
    }
    case 'and': {
      const parts = expression.operands.map((part) => compileExpression(part, textLength));
      return (subject) => parts.every((part) => part(subject));
    }
    case 'or': {
      const parts = expression.operands.map((part) => compileExpression(part, textLength));
      return (subject) => parts.some((part) => part(subject));
    }
    default:
      return expression satisfies never;
  }
};

const compileComparison = (
  { field, operator, values }: Expression & { kind: 'compare' },
  textLength: number,
): SubjectPredicate => {
  const compiled = findField(field)?.compile(
    operator,
    values.map(({ text }) => text),
  );
  if (compiled?.ok) return compiled.test;
  if (!compiled) throw new Error(`no field ${field}`);
  const value = values[compiled.valueIndex];
  // The last word may still grow into what was meant.
  throw new FilterError(compiled.error, (value?.column ?? 0) + compiled.offset, value?.end === textLength);
};
