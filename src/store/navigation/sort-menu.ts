import type { ViewState } from '../state/state.ts';
import { columnsOf, sortsOf, withOrder } from './list-columns.ts';

/** A sort order of the active view, with the title of its column. */
export type SortOption = { id: string; title: string };

/** Returns the sort orders of the active view. */
export const sortOptions = (view: ViewState): SortOption[] => {
  const columns = columnsOf({ ...view, columns: undefined }, { hasCgroups: true });
  return sortsOf(view).map((id) => {
    const title = columns.find((column) => column.id === id)?.title ?? id.toUpperCase();
    return { id, title: typeof title === 'string' ? title : title[view.groupBy] };
  });
};

/** Opens the sort menu at the current order. */
export const openSortMenu = (state: ViewState): ViewState => {
  const { by } = state.orders[state.activeView];
  const menuIndex = Math.max(0, sortsOf(state).indexOf(by));
  return { ...state, mode: 'sort', menuIndex, fullLog: false };
};

/** Selects another column of the sort menu. */
export const moveMenu = (state: ViewState, rows: number): ViewState => {
  const last = sortsOf(state).length - 1;
  return { ...state, menuIndex: Math.max(0, Math.min(last, state.menuIndex + rows)) };
};

/** Sorts by the selected column, and closes the menu. The current order keeps its direction. */
export const chooseSort = (state: ViewState): ViewState => {
  const by = sortsOf(state)[state.menuIndex];
  const closed: ViewState = { ...state, mode: 'normal' };
  if (by === undefined || by === state.orders[state.activeView].by) return closed;
  return withOrder(closed, () => ({ by, reversed: false }));
};
