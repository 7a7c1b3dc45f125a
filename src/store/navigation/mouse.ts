import type { Spot } from '../actions/geometry.ts';
import type { Order, ViewId } from '../actions/view-id.ts';
import type { Layout } from '../state/layout.ts';
import type { Pane, ViewState } from '../state/state.ts';
import { churnColumns } from '../views/churn-columns.ts';
import { selectColumns } from '../views/process-columns.ts';
import { visibleWindow } from '../views/row-list.ts';
import { layoutColumns, markerWidth, type TableColumn } from '../views/table-column.ts';
import { timelineColumns } from '../views/timeline-columns.ts';
import { treeColumns } from '../views/tree-columns.ts';
import { viewInfo } from '../views/views.ts';
import { move, pageRows, scrolledHelpTop, selectRow } from './selection.ts';
import { rowListOf, type ViewData } from './selectors.ts';
/** What stands where the pointer is. */
export type MouseHit = {
  pane: Pane;
  /** Counted from the first row on screen; undefined in the title. */
  row: number | undefined;
  /** The column of the table. */
  column: string | undefined;
};

const columnsOf: Readonly<Record<ViewId, (view: ViewState) => readonly TableColumn[]>> = {
  live: ({ columns }) => selectColumns(columns),
  churn: () => churnColumns,
  tree: () => treeColumns,
  timeline: () => timelineColumns,
};

/** Undefined on header, footer, rule, and on a screen that shows no list. */
export const hitTest = (view: ViewState, { column, row }: Spot): MouseHit | undefined => {
  const { layout } = view;
  if (layout.kind === 'too small') return undefined;
  const box = listBoxes(view, layout).find(
    ({ left, top, columns, rows }) =>
      column >= left && column < left + columns && row >= top && row <= top + rows,
  );
  if (!box) return undefined;
  const { pane, left, top, columns } = box;
  const columnId =
    pane === 'table' ? columnAt(columnsOf[view.activeView](view), columns, column - left) : undefined;
  return { pane, row: row === top ? undefined : row - top - 1, column: columnId };
};

/** A list: its title row at `top`, and `rows` below it. */
type ListBox = { pane: Pane; left: number; top: number; columns: number; rows: number };

const listBoxes = (
  { activeView, size }: ViewState,
  layout: Exclude<Layout, { kind: 'too small' }>,
): ListBox[] => {
  const { top, bodyRows, tableRows, logRows, tableColumns, logColumns } = layout;
  const origin = { left: 0, top };
  if (activeView !== 'live') return [{ pane: 'table', ...origin, columns: size.columns, rows: bodyRows }];
  const table: ListBox = { pane: 'table', ...origin, columns: tableColumns, rows: tableRows };
  const logOrigin =
    layout.kind === 'beside'
      ? { left: size.columns - logColumns, top }
      : { left: 0, top: top + tableRows + 1 };
  return [table, { pane: 'log', ...logOrigin, columns: logColumns, rows: logRows }];
};

/** The gap behind a column belongs to it. */
const columnAt = (columns: readonly TableColumn[], width: number, cell: number): string | undefined => {
  let left = markerWidth;
  for (const { column, columnWidth } of layoutColumns(columns, width)) {
    if (cell >= left && cell <= left + columnWidth) return column.id;
    left += columnWidth + 1;
  }
  return undefined;
};

/** Another order: whoever was chosen is elsewhere now. */
export const withOrder = (state: ViewState, order: (before: Order) => Order): ViewState => ({
  ...state,
  orders: { ...state.orders, [state.activeView]: order(state.orders[state.activeView]) },
  selection: undefined,
});

/** A row is chosen; a column's title sorts by it, and once more the other way round. */
export const press = (state: ViewState, at: Spot, scene: ViewData): ViewState => {
  const pointed = state.mode === 'normal' ? hitTest(state, at) : undefined;
  if (!pointed) return state;
  const { pane, row, column } = pointed;
  const there = state.activeView === 'live' ? { ...state, pane } : state;
  if (pane === 'log') return there;
  if (row === undefined) return sortByColumn(there, column);
  const list = rowListOf(scene, there);
  const { top } = visibleWindow(list, there.selection, pageRows(there));
  return top + row < list.length ? selectRow(there, list, top + row, top) : there;
};

const sortByColumn = (state: ViewState, column: string | undefined): ViewState => {
  const sorts: readonly string[] = viewInfo(state.activeView).sorts;
  if (column === undefined || !sorts.includes(column)) return state;
  return withOrder(state, ({ by, reversed }) => ({ by: column, reversed: by === column && !reversed }));
};

/** Whatever is under the pointer moves. */
export const scrollAt = (
  state: ViewState,
  { at, rows }: { at: Spot; rows: number },
  scene: ViewData,
): ViewState => {
  if (state.mode === 'help') return { ...state, helpTop: scrolledHelpTop(state, rows) };
  const pointed = state.mode === 'normal' ? hitTest(state, at) : undefined;
  if (!pointed) return state;
  return move(state.activeView === 'live' ? { ...state, pane: pointed.pane } : state, rows, scene);
};
