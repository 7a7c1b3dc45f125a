import { formatAlert } from '../../domain/alerts/format.ts';
import type { CommandStyle } from '../../domain/commands/command-text.ts';
import type { LogEntry } from '../../domain/processes/system-state.ts';
import type { Direction } from '../../domain/source/replay-control.ts';
import { commandOfEntry } from '../../domain/views/commands.ts';
import { containsTest } from '../../util/smart-case.ts';
import type { ViewState } from '../state/state.ts';
import { type RowList, visibleWindow } from '../views/row-list.ts';
import { pageRows, selectRow } from './selection.ts';
import { isLogFocused, matchingEntryNumbers, rowListOf, type ViewData } from './selectors.ts';

/** Returns whether a row contains the searched text. */
const isRowFound = (list: RowList, index: number, searchText: string): boolean =>
  searchText !== '' && containsTest(searchText)(list.textAt?.(index) ?? list.targetAt(index).comm ?? '');

/** Returns the text to highlight in a row: the searched one, or nothing if the row does not contain it. */
export const foundTextOf = (list: RowList, index: number, searchText: string): string =>
  isRowFound(list, index, searchText) ? searchText : '';

/** Returns whether a log entry contains the searched text. */
export const isEntryFound = (
  entry: LogEntry,
  { searchText, commandStyle }: Pick<ViewState, 'searchText' | 'commandStyle'>,
): boolean => searchText !== '' && textsOf(entry, commandStyle).some(containsTest(searchText));

const textsOf = (entry: LogEntry, style: CommandStyle): readonly string[] =>
  entry.from ? [entry.from.host, ...eventTextsOf(entry, style)] : eventTextsOf(entry, style);

const eventTextsOf = (entry: LogEntry, style: CommandStyle): readonly string[] => {
  const { record, origin, parentComm } = entry;
  switch (record.probe_source) {
    case 'trace.gap':
      return [];
    case 'trace.note':
      return [record.text];
    case 'trace.alert':
      return [formatAlert(record)];
    default:
      return [
        commandOfEntry(entry, record, style),
        ...(origin?.nameHistory.names ?? [record.guest_comm]),
        parentComm ?? '',
      ];
  }
};

/** Changes the searched text, and goes to the first match from the selected row on. */
export const withSearchText = (state: ViewState, searchText: string, data: ViewData): ViewState => {
  const next = { ...state, searchText, foundEntry: undefined };
  return searchText === '' ? next : findMatch(next, { direction: 1, step: 0 }, data);
};

export const endSearch = (state: ViewState): ViewState => ({
  ...state,
  mode: 'normal',
  searchText: '',
  foundEntry: undefined,
});

/** Goes to the next or previous match. Continues at the other end of the list. */
export const nextSearchMatch = (state: ViewState, direction: Direction, data: ViewData): ViewState =>
  state.searchText === '' ? state : findMatch(state, { direction, step: 1 }, data);

/** The direction of a search, and the number of rows from the selected one to the first row to search. */
type Search = { direction: Direction; step: 0 | 1 };

const findMatch = (state: ViewState, search: Search, data: ViewData): ViewState =>
  (isLogFocused(state) ? findInLog(state, search.direction, data) : findInList(state, search, data)) ?? {
    ...state,
    notice: { text: `no match for ${state.searchText}`, tone: 'error' },
  };

const findInList = (
  state: ViewState,
  { direction, step: firstStep }: Search,
  data: ViewData,
): ViewState | undefined => {
  const list = rowListOf(data, state);
  const { top, selected } = visibleWindow(list, state.selection, pageRows(state));
  const from = selected ?? (direction > 0 ? -firstStep : 0);
  for (let step = firstStep; step < list.length + firstStep; step++) {
    const index = (list.length + from + direction * step) % list.length;
    if (isRowFound(list, index, state.searchText)) return selectRow(state, list, { index, top });
  }
  return undefined;
};

/** Shows the next older match in the middle of the log, or the next newer one. The first match is the newest. */
const findInLog = (state: ViewState, direction: Direction, { system }: ViewData): ViewState | undefined => {
  const { log } = system;
  const shown = matchingEntryNumbers(system, state.filter);
  const isFound = (number: number) => isEntryFound(log.at(number - log.dropped) as LogEntry, state);
  const current = state.foundEntry ?? Number.POSITIVE_INFINITY;
  const found =
    direction > 0
      ? (shown.findLast((number) => number < current && isFound(number)) ?? shown.findLast(isFound))
      : (shown.find((number) => number > current && isFound(number)) ?? shown.find(isFound));
  if (found === undefined) return undefined;
  const bottom = Math.min(shown.length - 1, shown.indexOf(found) + Math.floor(pageRows(state) / 2));
  return { ...state, foundEntry: found, logBottom: shown[bottom] };
};
