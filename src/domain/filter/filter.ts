import { type Comparison, collectComparisons, type Value } from './ast.ts';
import { compileExpression, type SubjectPredicate } from './compile.ts';
import { FilterError, type SyntaxIssue } from './error.ts';
import { parseExpression } from './parser.ts';

type CompiledFilterFields = {
  ok: true;
  text: string;
  /** Names of the fields it asks for. */
  fieldNames: readonly string[];
  /** The first name of a user it asks for, numbers being none. */
  firstUserName: Value | undefined;
  /** The first control group it asks for. */
  firstCgroup: Value | undefined;
  matches: SubjectPredicate;
};

/** A filter ready to judge, or why the text is none: then a caller says so, and filters nothing away. */
export type Filter = CompiledFilterFields | ({ ok: false; text: string } & SyntaxIssue);

/** A filter that judges. */
export type CompiledFilter = Filter & { ok: true };

/**
 * The filter language (docs/filter.md): `ngin` substring of comm, smart case · `/^ng/` regular expression ·
 * `user=root age<5s` facts · `!`, `and`, `or`, parentheses. Empty matches all. Total, and linear in the text.
 */
export const parseFilter = (text: string): Filter => {
  const parsed = parseExpression(text);
  if (!parsed.ok) {
    const { error, column, incomplete } = parsed;
    return { ok: false, text, error, column, incomplete };
  }
  try {
    const { expression } = parsed;
    const matches = compileExpression(expression, text.length);
    const comparisons = collectComparisons(expression);
    const fieldNames = comparisons.map(({ field }) => field);
    const firstCgroup = comparisons.find(({ field }) => field === 'cgroup')?.values[0];
    return { ok: true, text, fieldNames, firstUserName: findUserName(comparisons), firstCgroup, matches };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, column, incomplete } = error;
    return { ok: false, text, error: message, column, incomplete };
  }
};

/** Whether a comparison asks for a name: numbers are known everywhere. A pattern without a letter is one of numbers. */
const isUserName = (text: string, pattern: boolean): boolean =>
  pattern ? /\p{L}/u.test(text.replaceAll(/\\./g, '')) : /\D/.test(text);

/** The first name of a user that is asked for: it can be judged only where users are known by name. */
export const findUserName = (comparisons: readonly Comparison[]): Value | undefined => {
  for (const { field, operator, values } of comparisons) {
    const name = values.find(({ text }) => field === 'user' && isUserName(text, operator === '=~'));
    if (name) return name;
  }
  return undefined;
};
