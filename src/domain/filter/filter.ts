import { type Comparison, collectComparisons, excludesNames, type Value } from './ast.ts';
import { compileExpression, type SubjectPredicate } from './compile.ts';
import { FilterError, type SyntaxIssue } from './error.ts';
import { parseExpression } from './parser.ts';

export { loadRegexEngine } from './regex.ts';

/** A valid filter, compiled. */
export type CompiledFilter = {
  ok: true;
  text: string;
  /** Names of the fields in the filter. */
  fieldNames: readonly string[];
  /** The first user name in the filter. UIDs are not names. */
  firstUserName: Value | undefined;
  /** The first cgroup, unit or container in the filter, and its field. */
  firstCgroup: (Value & { field: string }) | undefined;
  /** Whether it needs the arguments of processes. Bare words match them only if they are known anyway. */
  readsArgs: boolean;
  /** Whether an additional name of a process can turn a match into a mismatch. */
  excludesNames: boolean;
  /** Whether it names gaps (`event=gap`). The log shows no gaps for other filters. */
  selectsGaps: boolean;
  matches: SubjectPredicate;
};

/** A compiled filter, or the reason why the text is invalid. */
export type Filter = CompiledFilter | ({ ok: false; text: string } & SyntaxIssue);

/**
 * Parses a filter (docs/guide/filter.md): `ngin` is a substring of the comm or command, `/^ng/` a regular expression,
 * `user=root age<5s` compares fields; `!`, `and`, `or` and parentheses combine them. An empty text matches everything.
 * Never throws, and takes time linear in the text. Regular expressions are invalid until `loadRegexEngine` has resolved.
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
    return {
      ok: true,
      text,
      fieldNames,
      firstUserName: findUserName(comparisons),
      firstCgroup: findCgroup(comparisons),
      readsArgs: comparisons.some(({ field, ofWord }) => !ofWord && (field === 'args' || field === 'cmd')),
      excludesNames: excludesNames(expression),
      selectsGaps: comparisons.some(({ field, values }) => field === 'event' && values.some(isGap)),
      matches,
    };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, column, incomplete } = error;
    return { ok: false, text, error: message, column, incomplete };
  }
};

const cgroupFields: readonly string[] = ['cgroup', 'unit', 'container'];

const findCgroup = (comparisons: readonly Comparison[]): CompiledFilter['firstCgroup'] => {
  const comparison = comparisons.find(({ field }) => cgroupFields.includes(field));
  const [value] = comparison?.values ?? [];
  return comparison && value && { ...value, field: comparison.field };
};

const isGap = ({ text }: Value): boolean => text === 'gap';

/** Returns whether a value is a user name and not a UID. A regular expression without letters can only match UIDs. */
const isUserName = (text: string, isRegex: boolean): boolean =>
  isRegex ? /\p{L}/u.test(text.replaceAll(/\\./g, '')) : /\D/.test(text);

/** Returns the first user name in the comparisons. Only a guest whose user names are known can match it. */
export const findUserName = (comparisons: readonly Comparison[]): Value | undefined => {
  for (const { field, operator, values } of comparisons) {
    const name = values.find(({ text }) => field === 'user' && isUserName(text, operator === '=~'));
    if (name) return name;
  }
  return undefined;
};
