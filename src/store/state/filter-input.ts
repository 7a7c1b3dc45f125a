import { complete, type Option } from '../../domain/filter/completion.ts';
import type { Complaint } from '../../domain/filter/error.ts';
import { type Accepts, parseFilter } from '../../domain/filter/filter.ts';
import { noFilter } from '../../domain/filter/match-all.ts';
import { graphemes } from '../../util/text.ts';

/** The line in which filters are typed. */
export type FilterLine = {
  /** What is typed; it is in force as it is typed. */
  filterText: string;
  /** What is in force. */
  filter: Accepts;
  /** Why the text is no filter. */
  filterError: Complaint | undefined;
  /** Filters kept before, oldest first. */
  filterHistory: readonly string[];
  /** Which of them stands in the line, and what was typed before it. */
  recalled: { at: number; draft: string } | undefined;
  /** What may stand from `from` on; `at` is the one that stands there, -1 none yet. */
  completion: { from: number; options: readonly Option[]; at: number } | undefined;
};

export const emptyLine: FilterLine = {
  filterText: '',
  filter: noFilter,
  filterError: undefined,
  filterHistory: [],
  recalled: undefined,
  completion: undefined,
};

const maxHistory = 50;

/** A text that does not compile shows why, and filters nothing away. */
const put = <S extends FilterLine>(state: S, text: string): S => {
  const filter = parseFilter(text);
  return filter.ok
    ? { ...state, filterText: text, filter, filterError: undefined }
    : { ...state, filterText: text, filter: noFilter, filterError: filter };
};

/** Put a text in the line, as if it had been typed. */
export const withFilter = <S extends FilterLine>(state: S, text: string): S => ({
  ...put(state, text),
  recalled: undefined,
  completion: undefined,
});

/** What may be unknown of a guest, and what a filter is told that asks for it. */
const unknowns = {
  userName: 'users of this trace: by number only, as in user=1000',
  cgroup: 'control groups need --cgroups',
} as const satisfies Partial<Record<keyof Accepts, string>>;

export type Unknown = keyof typeof unknowns;

/** A filter that asks for what is not known is none; it says so, and filters nothing away. */
export const without = <S extends FilterLine>(state: S, unknown: readonly Unknown[]): S => {
  const fact = unknown.find((each) => state.filter[each]);
  const asked = fact && state.filter[fact];
  if (!asked) return state;
  const filterError = { error: unknowns[fact], column: asked.column, incomplete: false };
  return { ...state, filter: noFilter, filterError };
};

export const erased: Record<'character' | 'word' | 'all', (text: string) => string> = {
  character: (text) => text.slice(0, [...graphemes(text)].at(-1)?.index ?? 0),
  word: (text) => text.replace(/\S*\s*$/, ''),
  all: () => '',
};

/** Remember the filter now in force as the newest. */
export const remember = <S extends FilterLine>(state: S): S => {
  const { filterText: text, filterHistory } = state;
  if (text.trim() === '') return state;
  const others = filterHistory.filter((kept) => kept !== text);
  return { ...state, filterHistory: [...others, text].slice(-maxHistory), recalled: undefined };
};

/** One filter back or forth; forth from the newest is what was being typed. */
export const recall = <S extends FilterLine>(state: S, by: -1 | 1): S => {
  const { filterHistory: history, filterText, recalled } = state;
  const newest = history.at(-1) === filterText ? history.length - 1 : history.length;
  const { at, draft } = recalled ?? { at: newest, draft: filterText };
  const to = at + by;
  if (to < 0) return state;
  const text = history[to];
  if (text === undefined) return recalled ? withFilter(state, draft) : state;
  return { ...put(state, text), recalled: { at: to, draft }, completion: undefined };
};

/** As far as all options agree; asked again, one after the other. */
export const completed = <S extends FilterLine>(state: S): S => {
  const { filterText: text, completion } = state;
  if (completion) {
    const { from, options } = completion;
    const at = (completion.at + 1) % options.length;
    return { ...put(state, text.slice(0, from) + options[at]?.text), completion: { from, options, at } };
  }
  const { from, options } = complete(text);
  if (options.length === 0) return state;
  const agreed = commonStart(options.map((option) => option.text));
  const line = withFilter(state, agreed === '' ? text : text.slice(0, from) + agreed);
  return options.length === 1 ? line : { ...line, completion: { from, options, at: -1 } };
};

const commonStart = ([first = '', ...others]: readonly string[]): string => {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
};
