import type { ViewState } from '../state/state.ts';
import { viewInfo } from '../views/views.ts';
import { columnsOf, withOrder } from './mouse-actions.ts';

/** A sort order of the active view, with the title of its column. */
export type SortOption = { id: string; title: string };

/** Returns the sort orders of the active view. */
export const sortOptions = (view: ViewState): SortOption[] => {
  const columns = columnsOf[view.activeView]({ ...view, columns: undefined }, { hasCgroups: true });
  return viewInfo(view.activeView).sorts.map((id) => {
    const title = columns.find((column) => column.id === id)?.title ?? id.toUpperCase();
    return { id, title: typeof title === 'string' ? title : title[view.groupBy] };
  });
};

/** Opens the sort menu at the current order. */
export const openSortMenu = (state: ViewState): ViewState => {
  const { by } = state.orders[state.activeView];
  const menuIndex = Math.max(0, viewInfo(state.activeView).sorts.indexOf(by));
  return { ...state, mode: 'sort', menuIndex, fullLog: false };
};

/** Selects another column of the sort menu. */
export const moveMenu = (state: ViewState, rows: number): ViewState => {
  const last = viewInfo(state.activeView).sorts.length - 1;
  return { ...state, menuIndex: Math.max(0, Math.min(last, state.menuIndex + rows)) };
};

/** Sorts by the selected column, and closes the menu. The current order keeps its direction. */
export const chooseSort = (state: ViewState): ViewState => {
  const by = viewInfo(state.activeView).sorts[state.menuIndex];
  const closed: ViewState = { ...state, mode: 'normal' };
  if (by === undefined || by === state.orders[state.activeView].by) return closed;
  return withOrder(closed, () => ({ by, reversed: false }));
};
