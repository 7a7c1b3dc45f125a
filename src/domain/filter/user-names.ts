import type { Expression, Value } from './expression.ts';

/** Whether a comparison asks for a name: numbers are known everywhere. A pattern without a letter is one of numbers. */
const isName = (text: string, pattern: boolean): boolean =>
  pattern ? /\p{L}/u.test(text.replaceAll(/\\./g, '')) : /\D/.test(text);

/** The first name of a user it asks for: it can be judged only where users are known by name. */
export const userNameIn = (expression: Expression): Value | undefined => {
  switch (expression.kind) {
    case 'all':
      return undefined;
    case 'compare':
      if (expression.field !== 'user') return undefined;
      return expression.values.find(({ text }) => isName(text, expression.operator === '=~'));
    case 'not':
      return userNameIn(expression.part);
    case 'and':
    case 'or':
      for (const part of expression.parts) {
        const name = userNameIn(part);
        if (name) return name;
      }
      return undefined;
    default:
      return expression satisfies never;
  }
};
