import { foundTextOf } from '../../store/navigation/search.ts';
import type { ViewState } from '../../store/state/state.ts';
import { type RowList, type RowTarget, visibleWindow } from '../../store/views/row-list.ts';
import type { RowState } from './table.ts';

/** The part of a list that is on screen. */
export type ListWindow = {
  /** Index of the first row on screen. */
  top: number;
  /** Returns the state of a row, by its position on screen from 0. */
  rowState: (position: number) => RowState;
  /** The target of the selected row. */
  target: RowTarget | undefined;
};

/** Returns the part of a list that fits into a number of rows. */
export const listWindow = (
  list: RowList,
  { selection, marks, searchText }: Pick<ViewState, 'selection' | 'marks' | 'searchText'>,
  rows: number,
): ListWindow => {
  const { top, selected } = visibleWindow(list, selection, rows);
  return {
    top,
    rowState: (position) => ({
      marked: marks.includes(list.targetAt(top + position).key),
      selected: top + position === selected,
      foundText: foundTextOf(list, top + position, searchText),
    }),
    target: selected === undefined ? undefined : list.targetAt(selected),
  };
};
