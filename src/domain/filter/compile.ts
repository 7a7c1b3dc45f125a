import type { Expression } from './ast.ts';
import { FilterError } from './error.ts';
import { fieldNamed } from './fields.ts';
import type { Subject } from './subject.ts';

export type Matches = (subject: Subject) => boolean;

const everything: Matches = () => true;

/**
 * An expression as a function that asks each fact at most once a comparison.
 * @throws FilterError where a value is none of its field's
 */
export const compile = (expression: Expression, length: number): Matches => {
  switch (expression.kind) {
    case 'all':
      return everything;
    case 'compare':
      return compare(expression, length);
    case 'not': {
      const part = compile(expression.part, length);
      return (subject) => !part(subject);
    }
    case 'and': {
      const parts = expression.parts.map((part) => compile(part, length));
      return (subject) => parts.every((part) => part(subject));
    }
    case 'or': {
      const parts = expression.parts.map((part) => compile(part, length));
      return (subject) => parts.some((part) => part(subject));
    }
    default:
      return expression satisfies never;
  }
};

const compare = ({ field, operator, values }: Expression & { kind: 'compare' }, length: number): Matches => {
  const compiled = fieldNamed(field)?.compile(
    operator,
    values.map(({ text }) => text),
  );
  if (compiled?.ok) return compiled.test;
  if (!compiled) throw new Error(`no field ${field}`);
  const value = values[compiled.at];
  // The last word may still grow into what was meant.
  throw new FilterError(compiled.error, (value?.column ?? 0) + compiled.offset, value?.end === length);
};
