import type { Placed } from './process-columns.ts';

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
