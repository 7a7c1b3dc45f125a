import { type CompletionOption, complete, type KnownValues } from '../../domain/filter/completion.ts';
import type { SyntaxIssue } from '../../domain/filter/error.ts';
import { type CompiledFilter, parseFilter } from '../../domain/filter/filter.ts';
import { matchAll } from '../../domain/filter/match-all.ts';
import type { Direction } from '../../domain/source/replay-control.ts';
import { splitGraphemes } from '../../util/graphemes.ts';
import type { EraseUnit } from '../actions/action.ts';

/** The state of the filter input line. */
export type FilterInput = {
  filterText: string;
  /** The filter of `filterText`, which applies while it is typed. It matches everything while the text is invalid. */
  filter: CompiledFilter;
  /** The reason why the text is not a valid filter; undefined if it is valid. */
  filterError: SyntaxIssue | undefined;
  /** Filters that were kept, oldest first. */
  filterHistory: readonly string[];
  /** Index of the recalled filter in the history, and the text that was typed before. */
  historyPosition: { index: number; draft: string } | undefined;
  /** Options for the text from offset `from` on. `selected` is the index of the inserted option, or -1. */
  completion: { from: number; options: readonly CompletionOption[]; selected: number } | undefined;
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

const setText = <S extends FilterInput>(state: S, text: string): S => {
  const filter = parseFilter(text);
  return filter.ok
    ? { ...state, filterText: text, filter, filterError: undefined }
    : { ...state, filterText: text, filter: matchAll, filterError: filter };
};

/** Sets the filter text, as if it had been typed. */
export const withFilter = <S extends FilterInput>(state: S, text: string): S => ({
  ...setText(state, text),
  historyPosition: undefined,
  completion: undefined,
});

/** Error texts for filters on data that the source does not have. */
const unavailableFields = {
  firstUserName: 'users of this trace: by number only, as in user=1000',
  firstCgroup: 'control groups need --record-cgroups',
} as const satisfies Partial<Record<keyof CompiledFilter, string>>;

export type UnavailableField = keyof typeof unavailableFields;

/** Replaces a filter on an unavailable field by one that matches everything, and sets the error. */
export const rejectUnavailable = <S extends FilterInput>(
  state: S,
  unavailable: readonly UnavailableField[],
): S => {
  const field = unavailable.find((each) => state.filter[each]);
  const used = field && state.filter[field];
  if (!used) return state;
  const filterError = { error: unavailableFields[field], column: used.column, incomplete: false };
  return { ...state, filter: matchAll, filterError };
};

/** Functions that remove the last character, the last word or all of an input text. */
export const erase: Record<EraseUnit, (text: string) => string> = {
  character: (text) => text.slice(0, [...splitGraphemes(text)].at(-1)?.index ?? 0),
  word: (text) => text.replace(/\S*\s*$/, ''),
  all: () => '',
};

/** Adds the filter text to the history as the newest entry. */
export const addToHistory = <S extends FilterInput>(state: S): S => {
  const { filterText: text, filterHistory } = state;
  if (text.trim() === '') return state;
  const others = filterHistory.filter((kept) => kept !== text);
  return { ...state, filterHistory: [...others, text].slice(-maxHistoryEntries), historyPosition: undefined };
};

/** Goes to the next or previous filter of the history. The draft follows the newest entry. */
export const recallFilter = <S extends FilterInput>(state: S, direction: Direction): S => {
  const { filterHistory: history, filterText, historyPosition } = state;
  const newest = history.at(-1) === filterText ? history.length - 1 : history.length;
  const { index: from, draft } = historyPosition ?? { index: newest, draft: filterText };
  const index = from + direction;
  if (index < 0) return state;
  const text = history[index];
  if (text === undefined) return historyPosition ? withFilter(state, draft) : state;
  return { ...setText(state, text), historyPosition: { index, draft }, completion: undefined };
};

/** Inserts the common prefix of all options. Called again, it inserts one option after the other. */
export const completeInput = <S extends FilterInput>(state: S, known: KnownValues = {}): S => {
  const { filterText: text, completion } = state;
  if (completion) {
    const { from, options } = completion;
    const selected = (completion.selected + 1) % options.length;
    const completed = text.slice(0, from) + options[selected]?.text;
    return { ...setText(state, completed), completion: { from, options, selected } };
  }
  const { from, options } = complete(text, text.length, known);
  if (options.length === 0) return state;
  const prefix = commonPrefix(options.map((option) => option.text));
  const input = withFilter(state, prefix === '' ? text : text.slice(0, from) + prefix);
  return options.length === 1 ? input : { ...input, completion: { from, options, selected: -1 } };
};

const commonPrefix = ([first = '', ...others]: readonly string[]): string => {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
};
