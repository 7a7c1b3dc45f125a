import type { Spot } from './action.ts';
import { churnColumns } from './churn-columns.ts';
import { columnsNamed, type Placed } from './columns.ts';
import type { Layout } from './layout.ts';
import { livesColumns } from './lives-columns.ts';
import { markColumns, placedIn } from './placed.ts';
import type { Pane, ViewState } from './state.ts';
import { treeColumns } from './tree-columns.ts';
import type { ViewId } from './views.ts';

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
