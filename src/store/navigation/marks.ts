import { quote } from '../../domain/filter/ast.ts';
import { addToHistory, withFilter } from '../state/filter-input.ts';
import type { ViewState } from '../state/state.ts';
import { type RowTarget, visibleWindow } from '../views/row-list.ts';
import { moveSelection, pageRows, selectRow } from './selection.ts';
import { commandTarget, isLogFocused, rowListOf, selectedTarget, type ViewData } from './selectors.ts';

export const openDetails = (state: ViewState, detailsOf: RowTarget | undefined): ViewState =>
  detailsOf ? { ...state, mode: 'details', detailsOf } : state;

/** The details follow the choice; where nothing was chosen (they are of the log's last line) they stay. */
export const showNextDetails = (state: ViewState, by: 1 | -1, scene: ViewData): ViewState => {
  if (isLogFocused(state)) return state;
  const moved = moveSelection(state, by, scene);
  return openDetails(moved, selectedTarget(scene, moved));
};

const filterTextFor: Readonly<
  Record<'comm' | 'subtree', (of: Pick<RowTarget, 'comm' | 'pid'>) => string | undefined>
> = {
  comm: ({ comm }) => (comm === undefined ? undefined : `comm=${quote(comm)}`),
  subtree: ({ pid }) => (pid === undefined ? undefined : `under=${pid}`),
};

/** The same filter asked for again is taken off. */
export const filterBy = (state: ViewState, what: 'comm' | 'subtree', scene: ViewData): ViewState => {
  const subject = commandTarget(scene, state);
  const text = subject && filterTextFor[what](subject);
  const closed: ViewState = { ...state, mode: 'normal', detailsOf: undefined };
  // Whoever was chosen may have left since; then the key means the filter it made.
  const hasTarget = state.mode === 'details' || selectedTarget(scene, state) !== undefined;
  const isSameFilter =
    state.filterText === text || (!hasTarget && generatedFilterPatterns[what].test(state.filterText));
  if (isSameFilter) return withFilter(closed, '');
  return text === undefined ? withNoSelectionNotice(state) : addToHistory(withFilter(closed, text));
};

/** What the key has put into the line. */
const generatedFilterPatterns: Readonly<Record<'comm' | 'subtree', RegExp>> = {
  comm: /^comm=(?:[^\s,"']+|"(?:[^"]|"")*")$/,
  subtree: /^under=\d+$/,
};

/** A key that means a row, where none is chosen, says so. */
const withNoSelectionNotice = (state: ViewState): ViewState => ({
  ...state,
  notice: { text: 'no row is chosen; j, k or a press of the mouse chooses one', tone: 'error' },
});

const maxMarks = 64;

/** Beyond so many the oldest mark goes. */
export const toggleMark = (state: ViewState, scene: ViewData): ViewState => {
  const chosen = selectedTarget(scene, state);
  if (!chosen) return withNoSelectionNotice(state);
  const others = state.marks.filter((key) => key !== chosen.key);
  const marks = others.length < state.marks.length ? others : [...others, chosen.key].slice(-maxMarks);
  return { ...state, marks };
};

/** To the next row that is marked; while none is, of the same name. Round and round. */
export const nextMatch = (state: ViewState, by: 1 | -1, scene: ViewData): ViewState => {
  const list = rowListOf(scene, state);
  const { top, selected } = visibleWindow(list, state.selection, pageRows(state));
  const marks = state.marks.filter((key) => list.indexOfKey(key) >= 0);
  const comm = selected === undefined ? undefined : list.targetAt(selected).comm;
  if (marks.length === 0 && comm === undefined) return withNoSelectionNotice(state);
  const matches = (subject: RowTarget) =>
    marks.length > 0 ? marks.includes(subject.key) : subject.comm === comm;
  const from = selected ?? (by > 0 ? -1 : 0);
  for (let step = 1; step <= list.length; step++) {
    const index = (list.length + from + by * step) % list.length;
    if (matches(list.targetAt(index))) return selectRow(state, list, index, top);
  }
  return state;
};
