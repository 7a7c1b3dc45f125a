import type { ProcessEntry } from '../../domain/processes/process-table.ts';

/** Before each row: its mark, and whether the user marked it. */
export const markerWidth = 2;

/** A column and its width in cells. */
export type PlacedColumn<C extends TableColumn> = { column: C; columnWidth: number };

/** The columns that a list of this width shows, with their own widths in cells. */
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

/** What every table's column says of its place. */
export type TableColumn = {
  id: string;
  /** In cells, of a list this wide; undefined takes what is left. */
  width: number | ((list: number) => number) | undefined;
  align: 'left' | 'right';
  /** The narrowest list, in cells, that has room for it. */
  minTableWidth: number;
};

/** What a cell may need besides its process. */
export type CellContext = {
  nowNs: bigint;
  bootOffsetNs: bigint;
  userName: (uid: number) => string;
  /** The kernel's state letter, as last read. */
  state: (process: ProcessEntry) => string;
};
