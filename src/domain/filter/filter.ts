import { type Comparison, comparisonsIn, type Value } from './ast.ts';
import { compile, type Matches } from './compile.ts';
import { type Complaint, FilterError } from './error.ts';
import { parse } from './parser.ts';

type Judging = {
  ok: true;
  text: string;
  /** Names of the fields it asks for. */
  facts: readonly string[];
  /** The first name of a user it asks for, numbers being none. */
  userName: Value | undefined;
  /** The first control group it asks for. */
  cgroup: Value | undefined;
  matches: Matches;
};

/** A filter ready to judge, or why the text is none: then a caller says so, and filters nothing away. */
export type Filter = Judging | ({ ok: false; text: string } & Complaint);

/** A filter that judges. */
export type Accepts = Filter & { ok: true };

/**
 * The filter language (docs/filter.md): `ngin` substring of comm, smart case · `/^ng/` regular expression ·
 * `user=root age<5s` facts · `!`, `and`, `or`, parentheses. Empty matches all. Total, and linear in the text.
 */
export const parseFilter = (text: string): Filter => {
  const parsed = parse(text);
  if (!parsed.ok) {
    const { error, column, incomplete } = parsed;
    return { ok: false, text, error, column, incomplete };
  }
  try {
    const { expression } = parsed;
    const matches = compile(expression, text.length);
    const comparisons = comparisonsIn(expression);
    const facts = comparisons.map(({ field }) => field);
    const cgroup = comparisons.find(({ field }) => field === 'cgroup')?.values[0];
    return { ok: true, text, facts, userName: userNameIn(comparisons), cgroup, matches };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, column, incomplete } = error;
    return { ok: false, text, error: message, column, incomplete };
  }
};

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
