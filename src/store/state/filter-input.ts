import { type CompletionOption, complete } from '../../domain/filter/completion.ts';
import type { SyntaxIssue } from '../../domain/filter/error.ts';
import { type CompiledFilter, parseFilter } from '../../domain/filter/filter.ts';
import { matchAll } from '../../domain/filter/match-all.ts';
import { splitGraphemes } from '../../util/text.ts';

/** The line in which filters are typed. */
export type FilterInput = {
  /** What is typed; it is in force as it is typed. */
  filterText: string;
  /** What is in force. */
  filter: CompiledFilter;
  /** Why the text is no filter. */
  filterError: SyntaxIssue | undefined;
  /** Filters kept before, oldest first. */
  filterHistory: readonly string[];
  /** Which of them stands in the line, and what was typed before it. */
  historyPosition: { at: number; draft: string } | undefined;
  /** What may stand from `from` on; `at` is the one that stands there, -1 none yet. */
  completion: { from: number; options: readonly CompletionOption[]; at: number } | undefined;
};

export const emptyFilterInput: FilterInput = {
  filterText: '',
  filter: matchAll,
  filterError: undefined,
  filterHistory: [],
  historyPosition: undefined,
  completion: undefined,
};

const maxHistoryEntries = 50;

/** A text that does not compile shows why, and filters nothing away. */
const setText = <S extends FilterInput>(state: S, text: string): S => {
  const filter = parseFilter(text);
  return filter.ok
    ? { ...state, filterText: text, filter, filterError: undefined }
    : { ...state, filterText: text, filter: matchAll, filterError: filter };
};

/** Put a text in the line, as if it had been typed. */
export const withFilter = <S extends FilterInput>(state: S, text: string): S => ({
  ...setText(state, text),
  historyPosition: undefined,
  completion: undefined,
});

/** What may be unknown of a guest, and what a filter is told that asks for it. */
const unavailableFields = {
  firstUserName: 'users of this trace: by number only, as in user=1000',
  firstCgroup: 'control groups need --cgroups',
} as const satisfies Partial<Record<keyof CompiledFilter, string>>;

export type UnavailableField = keyof typeof unavailableFields;

/** A filter that asks for what is not known is none; it says so, and filters nothing away. */
export const rejectUnavailable = <S extends FilterInput>(
  state: S,
  unknown: readonly UnavailableField[],
): S => {
  const fact = unknown.find((each) => state.filter[each]);
  const asked = fact && state.filter[fact];
  if (!asked) return state;
  const filterError = { error: unavailableFields[fact], column: asked.column, incomplete: false };
  return { ...state, filter: matchAll, filterError };
};

export const erase: Record<'character' | 'word' | 'all', (text: string) => string> = {
  character: (text) => text.slice(0, [...splitGraphemes(text)].at(-1)?.index ?? 0),
  word: (text) => text.replace(/\S*\s*$/, ''),
  all: () => '',
};

/** Remember the filter now in force as the newest. */
export const addToHistory = <S extends FilterInput>(state: S): S => {
  const { filterText: text, filterHistory } = state;
  if (text.trim() === '') return state;
  const others = filterHistory.filter((kept) => kept !== text);
  return { ...state, filterHistory: [...others, text].slice(-maxHistoryEntries), historyPosition: undefined };
};

/** One filter back or forth; forth from the newest is what was being typed. */
export const recallFilter = <S extends FilterInput>(state: S, by: -1 | 1): S => {
  const { filterHistory: history, filterText, historyPosition } = state;
  const newest = history.at(-1) === filterText ? history.length - 1 : history.length;
  const { at, draft } = historyPosition ?? { at: newest, draft: filterText };
  const to = at + by;
  if (to < 0) return state;
  const text = history[to];
  if (text === undefined) return historyPosition ? withFilter(state, draft) : state;
  return { ...setText(state, text), historyPosition: { at: to, draft }, completion: undefined };
};

/** As far as all options agree; asked again, one after the other. */
export const completeInput = <S extends FilterInput>(state: S): S => {
  const { filterText: text, completion } = state;
  if (completion) {
    const { from, options } = completion;
    const at = (completion.at + 1) % options.length;
    return { ...setText(state, text.slice(0, from) + options[at]?.text), completion: { from, options, at } };
  }
  const { from, options } = complete(text);
  if (options.length === 0) return state;
  const agreed = commonPrefix(options.map((option) => option.text));
  const line = withFilter(state, agreed === '' ? text : text.slice(0, from) + agreed);
  return options.length === 1 ? line : { ...line, completion: { from, options, at: -1 } };
};

const commonPrefix = ([first = '', ...others]: readonly string[]): string => {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
};
