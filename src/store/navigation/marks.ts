import type { Direction } from '../../domain/source/replay-control.ts';
import type { ViewState } from '../state/state.ts';
import { type RowTarget, visibleWindow } from '../views/row-list.ts';
import { pageRows, selectRow, withNoSelectionNotice } from './selection.ts';
import { rowListOf, selectedTarget, type ViewData } from './selectors.ts';

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
