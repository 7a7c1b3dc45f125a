import type { ProcessEntry } from '../../domain/processes/process-table.ts';

/** The layout properties of a table column. */
export type TableColumn = {
  id: string;
  /** Width in cells, or a function of the table width; undefined takes the remaining width. */
  width: number | ((tableWidth: number) => number) | undefined;
  align: 'left' | 'right';
  /** The column is shown in tables that have at least this width, in cells. */
  minTableWidth: number;
};

/** A column and its width, in cells. */
export type PlacedColumn<C extends TableColumn> = { column: C; columnWidth: number };

/** Data for cells, besides the process of the row. */
export type CellContext = {
  nowNs: bigint;
  bootOffsetNs: bigint;
  userName: (uid: number) => string;
  /** Returns the kernel's state letter as last read. */
  state: (process: ProcessEntry) => string;
};

/** Width of the markers before each row: its state, and the user's mark. */
export const markerWidth = 2;

/** Returns the columns that a table of this width shows, with their widths in cells. */
export const layoutColumns = <C extends TableColumn>(
  columns: readonly C[],
  tableWidth: number,
): PlacedColumn<C>[] => {
  const shown = columns.filter(({ minTableWidth }) => tableWidth >= minTableWidth);
  const widths = shown.map(({ width }) => (typeof width === 'function' ? width(tableWidth) : width));
  const usedWidth = widths.reduce<number>((sum, width) => sum + (width ?? 0), markerWidth + shown.length - 1);
  return shown.map((column, index) => ({
    column,
    columnWidth: widths[index] ?? Math.max(0, tableWidth - usedWidth),
  }));
};
