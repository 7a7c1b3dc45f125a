import { helpHeight, helpRows } from '../keys/help.ts';
import { bodyOf } from '../state/layout.ts';
import type { ViewState } from '../state/state.ts';
import { type RowList, visibleWindow } from '../views/row-list.ts';
import { isLogFocused, matchingEntryNumbers, rowListOf, type ViewData } from './selectors.ts';

/** Returns the number of rows that the focused list has on screen. */
export const pageRows = (state: ViewState): number => {
  const { layout } = state;
  if (layout.kind === 'tooSmall') return 1;
  if (state.fullLog) return layout.bodyRows;
  return isLogFocused(state) ? layout.logRows : bodyOf(layout, state).tableRows;
};

/** Returns the index of the first help line on screen after scrolling by `rows`, within the length of the help. */
export const scrolledHelpTop = ({ helpTop, size, sourceKind }: ViewState, rows: number): number =>
  Math.max(0, Math.min(helpHeight(sourceKind, size.columns) - helpRows(size.rows), helpTop + rows));

/** Moves the selection, or scrolls the log if it is focused. */
export const move = (state: ViewState, rows: number, data: ViewData): ViewState =>
  isLogFocused(state) ? scrollLog(state, rows, data) : moveSelection(state, rows, data);

export const moveTo = (state: ViewState, end: 'first' | 'last', data: ViewData): ViewState => {
  const rows = end === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return move(state, rows, data);
};

/** Moves the selection by `rows`. Without a selection, both directions select the first row. */
export const moveSelection = (state: ViewState, rows: number, data: ViewData): ViewState => {
  const list = rowListOf(data, state);
  if (list.length === 0) return { ...state, selection: undefined };
  const { top, selected } = visibleWindow(list, state.selection, pageRows(state));
  const from = selected ?? (rows > 0 ? -1 : 0);
  const index = Math.max(0, Math.min(list.length - 1, from + rows));
  return selectRow(state, list, { index, top });
};

/** Selects a row. The list scrolls from `top`, its first visible row, only as far as needed. */
export const selectRow = (
  state: ViewState,
  list: RowList,
  { index, top }: { index: number; top: number },
): ViewState => {
  const screenRow = Math.max(0, Math.min(pageRows(state) - 1, index - top));
  return { ...state, selection: { key: list.targetAt(index).key, index, screenRow } };
};

/** Selects a row, in the middle of the screen if possible. */
export const selectInMiddle = (state: ViewState, list: RowList, index: number): ViewState =>
  selectRow(state, list, { index, top: Math.max(0, index - Math.floor(pageRows(state) / 2)) });

/** Adds the notice that a key needs a selected row. */
export const withNoSelectionNotice = (state: ViewState): ViewState => ({
  ...state,
  notice: { text: 'select a row first (j/k or click)', tone: 'error' },
});

/** Scrolls the log by `rows`. At the newest entry it follows new entries again. */
const scrollLog = (state: ViewState, rows: number, { system }: ViewData): ViewState => {
  const matching = matchingEntryNumbers(system, state.filter);
  const newest = matching.length - 1;
  const { logBottom } = state;
  // With this entry at the bottom, the oldest entry is on the top row and no row is empty.
  const oldest = Math.min(newest, pageRows(state) - 1);
  const current = logBottom === undefined ? newest : matching.findLastIndex((entry) => entry <= logBottom);
  const from = Math.max(oldest, current);
  const to = Math.max(oldest, Math.min(newest, from + rows));
  return { ...state, logBottom: to >= newest ? undefined : matching[to] };
};

/** Returns the number of the newest log entry that matches the filter. */
export const newestEntryNumber = (state: ViewState, { system }: ViewData): number | undefined =>
  matchingEntryNumbers(system, state.filter).at(-1);
