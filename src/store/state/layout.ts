import type { Size } from '../actions/geometry.ts';

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
const headerRows = 3;
const alertRows = 1;
const footerRows = 1;
/** Each list has one title row. */
const titleRows = 1;
/** Smallest width at which the table with all its columns (120 cells) and a useful log fit side by side. */
const minSideBySideColumns = 180;
/** The part of the width that the table takes if the log is to its right. */
const tableShare = 0.68;
const ruleColumns = 3;

/** Returns the layout for a terminal size. */
export const layoutOf = ({ columns, rows }: Size, hasAlertRow = false): Layout => {
  if (columns < minSize.columns || rows < minSize.rows) return { kind: 'tooSmall' };
  const top = headerRows + (hasAlertRow ? alertRows : 0);
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
