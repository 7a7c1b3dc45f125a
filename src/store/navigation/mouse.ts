import type { Spot } from '../actions/geometry.ts';
import type { Order, ViewId } from '../actions/view-id.ts';
import type { Layout } from '../state/layout.ts';
import type { Pane, ViewState } from '../state/state.ts';
import { churnColumns } from '../views/churn-columns.ts';
import { columnsNamed } from '../views/process-columns.ts';
import { windowOf } from '../views/row-list.ts';
import { markColumns, type Placed, placedIn } from '../views/table-column.ts';
import { livesColumns } from '../views/timeline-columns.ts';
import { treeColumns } from '../views/tree-columns.ts';
import { viewInfo } from '../views/views.ts';
import { choosing, move, pageRows, scrolled } from './selection.ts';
import { listOf, type Scene } from './selectors.ts';
/** What stands where the pointer is. */
export type Pointed = {
  pane: Pane;
  /** Counted from the first row on screen; undefined in the title. */
  row: number | undefined;
  /** The column of the table. */
  column: string | undefined;
};

const columnsOf: Readonly<Record<ViewId, (view: ViewState) => readonly Placed[]>> = {
  live: ({ columns }) => columnsNamed(columns),
  churn: () => churnColumns,
  tree: () => treeColumns,
  timeline: () => livesColumns,
};

/** Undefined on header, footer, rule, and on a screen that shows no list. */
export const pointedAt = (view: ViewState, { column, row }: Spot): Pointed | undefined => {
  const { layout } = view;
  if (layout.kind === 'too small') return undefined;
  const box = boxes(view, layout).find(
    ({ left, top, columns, rows }) =>
      column >= left && column < left + columns && row >= top && row <= top + rows,
  );
  if (!box) return undefined;
  const { pane, left, top, columns } = box;
  const named = pane === 'table' ? columnAt(columnsOf[view.shown](view), columns, column - left) : undefined;
  return { pane, row: row === top ? undefined : row - top - 1, column: named };
};

/** A list: its title row at `top`, and `rows` below it. */
type ListBox = { pane: Pane; left: number; top: number; columns: number; rows: number };

const boxes = ({ shown, size }: ViewState, layout: Exclude<Layout, { kind: 'too small' }>): ListBox[] => {
  const { top, bodyRows, tableRows, logRows, tableColumns, logColumns } = layout;
  const at = { left: 0, top };
  if (shown !== 'live') return [{ pane: 'table', ...at, columns: size.columns, rows: bodyRows }];
  const table: ListBox = { pane: 'table', ...at, columns: tableColumns, rows: tableRows };
  const besides =
    layout.kind === 'beside'
      ? { left: size.columns - logColumns, top }
      : { left: 0, top: top + tableRows + 1 };
  return [table, { pane: 'log', ...besides, columns: logColumns, rows: logRows }];
};

/** The gap behind a column belongs to it. */
const columnAt = (columns: readonly Placed[], width: number, cell: number): string | undefined => {
  let from = markColumns;
  for (const { column, own } of placedIn(columns, width)) {
    if (cell >= from && cell <= from + own) return column.id;
    from += own + 1;
  }
  return undefined;
};

/** Another order: whoever was chosen is elsewhere now. */
export const inOrder = (state: ViewState, order: (before: Order) => Order): ViewState => ({
  ...state,
  orders: { ...state.orders, [state.shown]: order(state.orders[state.shown]) },
  choice: undefined,
});

/** A row is chosen; a column's title sorts by it, and once more the other way round. */
export const point = (state: ViewState, at: Spot, scene: Scene): ViewState => {
  const pointed = state.mode === 'normal' ? pointedAt(state, at) : undefined;
  if (!pointed) return state;
  const { pane, row, column } = pointed;
  const there = state.shown === 'live' ? { ...state, pane } : state;
  if (pane === 'log') return there;
  if (row === undefined) return sortedBy(there, column);
  const list = listOf(scene, there);
  const { top } = windowOf(list, there.choice, pageRows(there));
  return top + row < list.length ? choosing(there, list, top + row, top) : there;
};

const sortedBy = (state: ViewState, column: string | undefined): ViewState => {
  const sorts: readonly string[] = viewInfo(state.shown).sorts;
  if (column === undefined || !sorts.includes(column)) return state;
  return inOrder(state, ({ by, reversed }) => ({ by: column, reversed: by === column && !reversed }));
};

/** Whatever is under the pointer moves. */
export const wheel = (
  state: ViewState,
  { at, rows }: { at: Spot; rows: number },
  scene: Scene,
): ViewState => {
  if (state.mode === 'help') return { ...state, helpTop: scrolled(state, rows) };
  const pointed = state.mode === 'normal' ? pointedAt(state, at) : undefined;
  if (!pointed) return state;
  return move(state.shown === 'live' ? { ...state, pane: pointed.pane } : state, rows, scene);
};
