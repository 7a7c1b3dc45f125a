import { helpLength, helpRows } from '../keys/help.ts';
import type { ViewState } from '../state/state.ts';
import { type List, windowOf } from '../views/row-list.ts';
import { isInLog, listOf, matchingEntries, type Scene } from './selectors.ts';

/** How many rows the list has that keys move in. */
export const pageRows = (view: ViewState): number => {
  const { layout } = view;
  if (layout.kind === 'too small') return 1;
  if (view.shown !== 'live') return layout.bodyRows;
  return isInLog(view) ? layout.logRows : layout.tableRows;
};

/** The last line stops at the bottom of the screen. */
export const scrolled = ({ helpTop, size, watched }: ViewState, rows: number): number =>
  Math.max(0, Math.min(helpLength(watched, size.columns) - helpRows(size.rows), helpTop + rows));

export const move = (state: ViewState, rows: number, scene: Scene): ViewState =>
  isInLog(state) ? moveLog(state, rows, scene) : moveChoice(state, rows, scene);

export const moveTo = (state: ViewState, end: 'first' | 'last', scene: Scene): ViewState => {
  const far = end === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return move(state, far, scene);
};

export const moveChoice = (state: ViewState, rows: number, scene: Scene): ViewState => {
  const list = listOf(scene, state);
  if (list.length === 0) return { ...state, choice: undefined };
  const { top, chosen } = windowOf(list, state.choice, pageRows(state));
  // The first press shows where one is; it does not move.
  const from = chosen ?? (rows > 0 ? -1 : 0);
  return choosing(state, list, Math.max(0, Math.min(list.length - 1, from + rows)), top);
};

/** Choose a row; from the row at the top of the screen the list moves no further than it must. */
export const choosing = (state: ViewState, list: List, index: number, top: number): ViewState => {
  const screenRow = Math.max(0, Math.min(pageRows(state) - 1, index - top));
  return { ...state, choice: { key: list.subject(index).key, index, screenRow } };
};

const moveLog = (state: ViewState, rows: number, { world }: Scene): ViewState => {
  const matching = matchingEntries(world, state.filter);
  const newest = matching.length - 1;
  const bottom = state.logBottom;
  // Up ends where the oldest entry is on the top row; down at the newest it follows again.
  const oldest = Math.min(newest, pageRows(state) - 1);
  const found = bottom === undefined ? newest : matching.findLastIndex((entry) => entry <= bottom);
  const at = Math.max(oldest, found);
  const to = Math.max(oldest, Math.min(newest, at + rows));
  return { ...state, logBottom: to >= newest ? undefined : matching[to] };
};

export const newestOf = (state: ViewState, { world }: Scene): number | undefined =>
  matchingEntries(world, state.filter).at(-1);
