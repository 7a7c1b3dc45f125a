import type { Size } from '../actions/geometry.ts';

/** Where the two lists stand, in cells. The header takes the rows above, the footer the last one. */
export type Layout =
  | { kind: 'too small' }
  | {
      kind: 'stacked' | 'beside';
      /** The first row below the header. */
      top: number;
      /** Of a single list that takes the whole body. */
      bodyRows: number;
      tableRows: number;
      logRows: number;
      tableColumns: number;
      logColumns: number;
    };

export const minSize: Size = { columns: 40, rows: 10 };
const headerRows = 3;
/** Of the header, only while there is an alert. */
const alertRows = 1;
const footerRows = 1;
/** Each list has one title row. */
const titleRows = 1;
/** From here on the table (56 cells and more) and a useful log fit beside each other. */
const minSideBySideColumns = 120;
const ruleColumns = 3;

export const layoutOf = ({ columns, rows }: Size, hasAlertRow = false): Layout => {
  if (columns < minSize.columns || rows < minSize.rows) return { kind: 'too small' };
  const top = headerRows + (hasAlertRow ? alertRows : 0);
  const body = rows - top - footerRows;
  const bodyRows = body - titleRows;
  if (columns >= minSideBySideColumns) {
    const tableColumns = Math.floor((columns - ruleColumns) / 2);
    const logColumns = columns - ruleColumns - tableColumns;
    return {
      kind: 'beside',
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
