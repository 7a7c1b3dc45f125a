import { quote } from '../../domain/filter/ast.ts';
import type { Direction } from '../../domain/source/replay-control.ts';
import { addToHistory, withFilter } from '../state/filter-input.ts';
import type { ViewState } from '../state/state.ts';
import { type RowTarget, visibleWindow } from '../views/row-list.ts';
import { openGuest, opensGuest } from './focus.ts';
import { moveSelection, pageRows, selectRow } from './selection.ts';
import { commandTarget, isLogFocused, rowListOf, selectedTarget, type ViewData } from './selectors.ts';

export const openDetails = (state: ViewState, target: RowTarget | undefined): ViewState =>
  target ? { ...state, mode: 'details', detailsOf: target, detailsTop: 0 } : state;

/** Opens the details of the selected row, or else selects the first row. In the log: of the last event on screen. */
export const openSelected = (state: ViewState, data: ViewData): ViewState => {
  if (opensGuest(state)) return openGuest(state, data);
  if (isLogFocused(state) || selectedTarget(data, state))
    return openDetails(state, commandTarget(data, state));
  const moved = moveSelection(state, 1, data);
  const target = selectedTarget(data, moved);
  return target ? openDetails(moved, target) : { ...state, notice: { text: 'no row to show', tone: 'info' } };
};

/** Shows the details of the next row. Details that were opened from the log stay. */
export const showNextDetails = (state: ViewState, direction: Direction, data: ViewData): ViewState => {
  if (isLogFocused(state)) return state;
  const moved = moveSelection(state, direction, data);
  return openDetails(moved, selectedTarget(data, moved));
};

const filterTextFor: Readonly<
  Record<'comm' | 'subtree', (target: Pick<RowTarget, 'comm' | 'pid'>) => string | undefined>
> = {
  comm: ({ comm }) => (comm === undefined ? undefined : `comm=${quote(comm)}`),
  subtree: ({ pid }) => (pid === undefined ? undefined : `under=${pid}`),
};

/** Patterns of the filter texts that `filterBy` sets. */
const generatedFilterPatterns: Readonly<Record<'comm' | 'subtree', RegExp>> = {
  comm: /^comm=(?:[^\s,"']+|"(?:[^"]|"")*")$/,
  subtree: /^under=\d+$/,
};

/** Sets a filter for the comm or the subtree of the selected row, or clears it if it is set already. */
export const filterBy = (state: ViewState, what: 'comm' | 'subtree', data: ViewData): ViewState => {
  const target = commandTarget(data, state);
  const text = target && filterTextFor[what](target);
  const closed: ViewState = { ...state, mode: 'normal', detailsOf: undefined };
  // The selected process may have exited. The key then clears the filter that it set for that process.
  const hasTarget = state.mode === 'details' || selectedTarget(data, state) !== undefined;
  const isSameFilter =
    state.filterText === text || (!hasTarget && generatedFilterPatterns[what].test(state.filterText));
  if (isSameFilter) return withFilter(closed, '');
  return text === undefined ? withNoSelectionNotice(state) : addToHistory(withFilter(closed, text));
};

const withNoSelectionNotice = (state: ViewState): ViewState => ({
  ...state,
  notice: { text: 'select a row first (j/k or click)', tone: 'error' },
});

const maxMarks = 64;

/** Marks or unmarks the selected row. Beyond `maxMarks`, the oldest mark is dropped. */
export const toggleMark = (state: ViewState, data: ViewData): ViewState => {
  const target = selectedTarget(data, state);
  if (!target) return withNoSelectionNotice(state);
  const others = state.marks.filter((key) => key !== target.key);
  const marks = others.length < state.marks.length ? others : [...others, target.key].slice(-maxMarks);
  return { ...state, marks };
};

/** Selects the next marked row or, without marks, the next row of the same comm. Wraps around at the end. */
export const nextMatch = (state: ViewState, direction: Direction, data: ViewData): ViewState => {
  const list = rowListOf(data, state);
  const { top, selected } = visibleWindow(list, state.selection, pageRows(state));
  const marks = state.marks.filter((key) => list.indexOfKey(key) >= 0);
  const comm = selected === undefined ? undefined : list.targetAt(selected).comm;
  if (marks.length === 0 && comm === undefined) return withNoSelectionNotice(state);
  const matches = (target: RowTarget) =>
    marks.length > 0 ? marks.includes(target.key) : target.comm === comm;
  const from = selected ?? (direction > 0 ? -1 : 0);
  for (let step = 1; step <= list.length; step++) {
    const index = (list.length + from + direction * step) % list.length;
    if (matches(list.targetAt(index))) return selectRow(state, list, { index, top });
  }
  return state;
};
