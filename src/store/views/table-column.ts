import type { LiveProcess } from '../../domain/processes/process-table.ts';

/** Before each row: its mark, and whether the user marked it. */
export const markColumns = 2;

/** A column and its width in cells. */
export type PlacedColumn<C extends Placed> = { column: C; own: number };

/** The columns that a list of this width shows, with their own widths in cells. */
export const placedIn = <C extends Placed>(columns: readonly C[], list: number): PlacedColumn<C>[] => {
  const shown = columns.filter(({ from }) => list >= from);
  const widths = shown.map(({ width }) => (typeof width === 'function' ? width(list) : width));
  const taken = widths.reduce<number>((sum, width) => sum + (width ?? 0), markColumns + shown.length - 1);
  return shown.map((column, index) => ({ column, own: widths[index] ?? Math.max(0, list - taken) }));
};

/** What every table's column says of its place. */
export type Placed = {
  id: string;
  /** In cells, of a list this wide; undefined takes what is left. */
  width: number | ((list: number) => number) | undefined;
  align: 'left' | 'right';
  /** The narrowest list, in cells, that has room for it. */
  from: number;
};

/** What a cell may need besides its process. */
export type CellContext = {
  nowNs: bigint;
  bootOffsetNs: bigint;
  userName: (uid: number) => string;
  /** The kernel's state letter, as last read. */
  state: (process: LiveProcess) => string;
};
