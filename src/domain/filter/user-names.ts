import type { Comparison, Value } from './expression.ts';

/** Whether a comparison asks for a name: numbers are known everywhere. A pattern without a letter is one of numbers. */
const isName = (text: string, pattern: boolean): boolean =>
  pattern ? /\p{L}/u.test(text.replaceAll(/\\./g, '')) : /\D/.test(text);

/** The first name of a user that is asked for: it can be judged only where users are known by name. */
export const userNameIn = (comparisons: readonly Comparison[]): Value | undefined => {
  for (const { field, operator, values } of comparisons) {
    const name = values.find(({ text }) => field === 'user' && isName(text, operator === '=~'));
    if (name) return name;
  }
  return undefined;
};
