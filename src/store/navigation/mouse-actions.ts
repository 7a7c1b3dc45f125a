import type { SystemState } from '../../domain/processes/system-state.ts';
import type { CellPosition } from '../actions/geometry.ts';
import { bodyOf, type Layout } from '../state/layout.ts';
import type { Pane, ViewState } from '../state/state.ts';
import { visibleWindow } from '../views/row-list.ts';
import {
  layoutColumns,
  markerWidth,
  type PlacedColumn,
  type TableColumn,
  userWidths,
} from '../views/table-column.ts';
import { columnsOf, sortsOf, withOrder } from './list-columns.ts';
import { move, pageRows, scrolledHelpTop, selectRow } from './selection.ts';
import { rowListOf, type ViewData } from './selectors.ts';

/** The list, row and column under the mouse pointer. */
export type MouseHit = {
  pane: Pane;
  /** Index from the first row on screen; undefined for the title row. */
  row: number | undefined;
  /** ID of the table column. */
  column: string | undefined;
};

/** Returns the list, row and column at a screen cell; undefined outside the lists. */
export const hitTest = (
  view: ViewState,
  { column, row }: CellPosition,
  system?: SystemState,
): MouseHit | undefined => {
  const { layout } = view;
  if (layout.kind === 'tooSmall') return undefined;
  const box = listBoxes(view, layout).find(
    ({ left, top, columns, rows }) =>
      column >= left && column < left + columns && row >= top && row <= top + rows,
  );
  if (!box) return undefined;
  const { pane, left, top, columns } = box;
  const shown = columnsOf(view, { hasCgroups: system?.table.hasCgroups ?? false });
  const columnId =
    pane === 'table'
      ? columnAt(
          layoutColumns(shown, columns, { contentWidths: system && userWidths(system) }),
          column - left,
        )
      : undefined;
  return { pane, row: row === top ? undefined : row - top - 1, column: columnId };
};

/** The area of a list: its title row is at `top`, `rows` rows follow. */
type ListBox = { pane: Pane; left: number; top: number; columns: number; rows: number };

const listBoxes = (view: ViewState, layout: Exclude<Layout, { kind: 'tooSmall' }>): ListBox[] => {
  const { size, activeView } = view;
  const { top, bodyRows } = layout;
  if (view.fullLog) return [{ pane: 'log', left: 0, top, columns: size.columns, rows: bodyRows }];
  const { tableColumns, tableRows, pane } = bodyOf(layout, view);
  const table: ListBox = { pane: 'table', left: 0, top, columns: tableColumns, rows: tableRows };
  // The second pane of other views shows the selected row, and has no keys of its own.
  if (!pane || activeView !== 'live') return [table];
  const { place, columns, rows } = pane;
  const origin =
    place === 'right' ? { left: size.columns - columns, top } : { left: 0, top: top + tableRows + 1 };
  return [table, { pane: 'log', ...origin, columns, rows }];
};

/** Returns the ID of the column at a cell of the table. The gap after a column belongs to it. */
const columnAt = (columns: readonly PlacedColumn<TableColumn>[], cell: number): string | undefined => {
  let left = markerWidth;
  for (const { column, columnWidth } of columns) {
    if (cell >= left && cell <= left + columnWidth) return column.id;
    left += columnWidth + 1;
  }
  return undefined;
};

/** Selects the row that was clicked. A click on a column title sorts by it, a second click reverses the order. */
export const press = (state: ViewState, at: CellPosition, data: ViewData): ViewState => {
  const hit = state.mode === 'normal' ? hitTest(state, at, data.system) : undefined;
  if (!hit) return state;
  const { pane, row, column } = hit;
  if (state.fullLog) return state;
  const focused = state.activeView === 'live' ? { ...state, pane } : state;
  if (pane === 'log') return focused;
  if (row === undefined) return sortByColumn(focused, column);
  const list = rowListOf(data, focused);
  const { top } = visibleWindow(list, focused.selection, pageRows(focused));
  return top + row < list.length ? selectRow(focused, list, { index: top + row, top }) : focused;
};

const sortByColumn = (state: ViewState, column: string | undefined): ViewState => {
  if (column === undefined || !sortsOf(state).includes(column)) return state;
  return withOrder(state, ({ by, reversed }) => ({ by: column, reversed: by === column && !reversed }));
};

/** Scrolls the list under the pointer, or the help. */
export const scrollAt = (
  state: ViewState,
  { at, rows }: { at: CellPosition; rows: number },
  data: ViewData,
): ViewState => {
  if (state.mode === 'help') return { ...state, helpTop: scrolledHelpTop(state, rows) };
  const hit = state.mode === 'normal' ? hitTest(state, at, data.system) : undefined;
  if (!hit) return state;
  return move(
    state.activeView === 'live' && !state.fullLog ? { ...state, pane: hit.pane } : state,
    rows,
    data,
  );
};
