import type { Size } from '../actions/geometry.ts';
import type { ViewId } from '../actions/view-id.ts';
import type { Mode } from '../keys/binding.ts';

/** The position and size of table and log, in cells. The header is above them, the footer on the last row. */
export type Layout =
  | { kind: 'tooSmall' }
  | {
      kind: 'stacked' | 'sideBySide';
      /** The first row below the header. */
      top: number;
      /** Rows of a single list that fills the body. */
      bodyRows: number;
      tableRows: number;
      logRows: number;
      tableColumns: number;
      logColumns: number;
    };

export const minSize: Size = { columns: 40, rows: 10 };
const headerRows = 2;
/** Each of the rows that the header has at times: the newest alert, and a problem or the scrub bar of a replay. */
const optionalRows = 1;
const footerRows = 1;
/** Each list has one title row. */
const titleRows = 1;
/** Smallest width at which the table with all its columns (120 cells) and a useful log fit side by side. */
const minSideBySideColumns = 180;
/** The part of the width that the table takes if the log is to its right. */
const tableShare = 0.68;
const ruleColumns = 3;

/** The rows that the header has at times. */
export type HeaderRows = { hasAlertRow?: boolean; hasStatusRow?: boolean };

/** Returns the layout for a terminal size. */
export const layoutOf = (
  { columns, rows }: Size,
  { hasAlertRow = false, hasStatusRow = false }: HeaderRows = {},
): Layout => {
  if (columns < minSize.columns || rows < minSize.rows) return { kind: 'tooSmall' };
  const top = headerRows + (Number(hasAlertRow) + Number(hasStatusRow)) * optionalRows;
  const body = rows - top - footerRows;
  const bodyRows = body - titleRows;
  if (columns >= minSideBySideColumns) {
    const tableColumns = Math.floor((columns - ruleColumns) * tableShare);
    const logColumns = columns - ruleColumns - tableColumns;
    return {
      kind: 'sideBySide',
      top,
      bodyRows,
      tableRows: bodyRows,
      logRows: bodyRows,
      tableColumns,
      logColumns,
    };
  }
  const tableRows = Math.ceil((body - 2 * titleRows) / 2);
  const logRows = body - 2 * titleRows - tableRows;
  return { kind: 'stacked', top, bodyRows, tableRows, logRows, tableColumns: columns, logColumns: columns };
};

/** Returns the rows of a list that fills the body, at least 1. */
export const bodyRowsOf = (layout: Layout): number => (layout.kind === 'tooSmall' ? 1 : layout.bodyRows);

/** The pane to the right of the table of a view, or below it. `rows` are below its title row. */
export type SecondPane = { place: 'right' | 'below'; columns: number; rows: number };

/** The table of the active view, and its second pane. `tableRows` are below the title row. */
export type Body = { tableColumns: number; tableRows: number; pane: SecondPane | undefined };

/** Width of the sort menu, which is left of the table, in cells. */
export const menuColumns = 16;
/** Views whose rows are short, so that the second pane is to their right. */
const shortRowViews: readonly ViewId[] = ['tree', 'hosts'];
/** Smallest size at which views other than the live view have a second pane. */
const [minRightColumns, minBelowRows] = [160, 40];
/** The part of the body that a view with short rows takes. */
const shortRowShare = 0.55;
/** The part of the body that a pane below the table takes. */
const belowShare = 0.5;

/** Returns the panes of the active view. */
export const bodyOf = (
  layout: Exclude<Layout, { kind: 'tooSmall' }>,
  { size, activeView, mode }: { size: Size; activeView: ViewId; mode: Mode },
): Body => {
  const menu = mode === 'sort' ? menuColumns : 0;
  const { bodyRows } = layout;
  const columns = size.columns - menu;
  if (activeView === 'live') {
    const { tableRows, logRows, logColumns } = layout;
    const pane: SecondPane =
      layout.kind === 'stacked'
        ? { place: 'below', columns, rows: logRows }
        : { place: 'right', columns: logColumns, rows: logRows };
    return { tableRows, tableColumns: layout.tableColumns - menu, pane };
  }
  if (shortRowViews.includes(activeView) && size.columns >= minRightColumns) {
    const tableColumns = Math.floor((size.columns - ruleColumns) * shortRowShare);
    const pane: SecondPane = {
      place: 'right',
      columns: size.columns - ruleColumns - tableColumns,
      rows: bodyRows,
    };
    return { tableRows: bodyRows, tableColumns: tableColumns - menu, pane };
  }
  if (size.rows >= minBelowRows) {
    const rows = Math.floor(bodyRows * belowShare);
    return {
      tableRows: bodyRows - rows - titleRows,
      tableColumns: columns,
      pane: { place: 'below', columns, rows },
    };
  }
  return { tableRows: bodyRows, tableColumns: columns, pane: undefined };
};
