import { helpHeight, helpRows } from '../keys/help.ts';
import type { ViewState } from '../state/state.ts';
import { type RowList, visibleWindow } from '../views/row-list.ts';
import { isLogFocused, matchingEntryNumbers, rowListOf, type ViewData } from './selectors.ts';

/** How many rows the list has that keys move in. */
export const pageRows = (view: ViewState): number => {
  const { layout } = view;
  if (layout.kind === 'too small') return 1;
  if (view.activeView !== 'live') return layout.bodyRows;
  return isLogFocused(view) ? layout.logRows : layout.tableRows;
};

/** The last line stops at the bottom of the screen. */
export const scrolledHelpTop = ({ helpTop, size, sourceKind }: ViewState, rows: number): number =>
  Math.max(0, Math.min(helpHeight(sourceKind, size.columns) - helpRows(size.rows), helpTop + rows));

export const move = (state: ViewState, rows: number, scene: ViewData): ViewState =>
  isLogFocused(state) ? moveLog(state, rows, scene) : moveSelection(state, rows, scene);

export const moveTo = (state: ViewState, end: 'first' | 'last', scene: ViewData): ViewState => {
  const rows = end === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return move(state, rows, scene);
};

export const moveSelection = (state: ViewState, rows: number, scene: ViewData): ViewState => {
  const list = rowListOf(scene, state);
  if (list.length === 0) return { ...state, selection: undefined };
  const { top, selected } = visibleWindow(list, state.selection, pageRows(state));
  // The first press shows where one is; it does not move.
  const from = selected ?? (rows > 0 ? -1 : 0);
  return selectRow(state, list, Math.max(0, Math.min(list.length - 1, from + rows)), top);
};

/** Choose a row; from the row at the top of the screen the list moves no further than it must. */
export const selectRow = (state: ViewState, list: RowList, index: number, top: number): ViewState => {
  const screenRow = Math.max(0, Math.min(pageRows(state) - 1, index - top));
  return { ...state, selection: { key: list.targetAt(index).key, index, screenRow } };
};

const moveLog = (state: ViewState, rows: number, { system }: ViewData): ViewState => {
  const matching = matchingEntryNumbers(system, state.filter);
  const newest = matching.length - 1;
  const logBottom = state.logBottom;
  // Up ends where the oldest entry is on the top row; down at the newest it follows again.
  const oldest = Math.min(newest, pageRows(state) - 1);
  const currentIndex =
    logBottom === undefined ? newest : matching.findLastIndex((entry) => entry <= logBottom);
  const from = Math.max(oldest, currentIndex);
  const to = Math.max(oldest, Math.min(newest, from + rows));
  return { ...state, logBottom: to >= newest ? undefined : matching[to] };
};

export const newestEntryNumber = (state: ViewState, { system }: ViewData): number | undefined =>
  matchingEntryNumbers(system, state.filter).at(-1);
