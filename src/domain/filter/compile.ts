import type { Comparison, Expression } from './ast.ts';
import { FilterError } from './error.ts';
import { findField } from './fields.ts';
import type { FilterSubject } from './subject.ts';

export type SubjectPredicate = (subject: FilterSubject) => boolean;

const alwaysTrue: SubjectPredicate = () => true;

/**
 * Compiles an expression to a predicate. `textLength` is the length of the filter text, in UTF-16 units.
 * @throws FilterError if a value is not valid for its field
 */
export const compileExpression = (expression: Expression, textLength: number): SubjectPredicate => {
  switch (expression.kind) {
    case 'all':
      return alwaysTrue;
    case 'compare':
      return compileComparison(expression, textLength);
    case 'not': {
      const operand = compileExpression(expression.operand, textLength);
      return (subject) => !operand(subject);
    }
    case 'and': {
      const operands = expression.operands.map((operand) => compileExpression(operand, textLength));
      return (subject) => operands.every((operand) => operand(subject));
    }
    case 'or': {
      const operands = expression.operands.map((operand) => compileExpression(operand, textLength));
      return (subject) => operands.some((operand) => operand(subject));
    }
    default:
      return expression satisfies never;
  }
};

const compileComparison = ({ field, operator, values }: Comparison, textLength: number): SubjectPredicate => {
  const compiled = findField(field)?.compile(
    operator,
    values.map(({ text }) => text),
  );
  if (compiled?.ok) return compiled.test;
  if (!compiled) throw new Error(`unknown field ${field}`);
  const value = values[compiled.valueIndex];
  // A value at the end of the text may be incomplete.
  const column = (value?.column ?? 0) + compiled.offset;
  throw new FilterError(compiled.error, column, { incomplete: value?.end === textLength });
};
