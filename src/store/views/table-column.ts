import type { CommandStyle } from '../../domain/commands/command-text.ts';
import type { ChildrenCpu } from '../../domain/processes/children-cpu.ts';
import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import type { UsageTable } from '../../domain/processes/process-usage.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';

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
  /** What the processes use. */
  usage: UsageTable;
  /** What the exited children of the processes have used. */
  childrenCpu: Pick<ChildrenCpu, 'seenNs'>;
  /** Returns the command of a process in the style of the view. */
  command: (process: ProcessEntry) => string;
  commandStyle: CommandStyle;
};

/** Width of the markers before each row: its state, and the user's mark. */
export const markerWidth = 2;

/** Widths in cells that the content of columns needs, by column ID. */
export type ContentWidths = Readonly<Record<string, number>>;

/** The column that takes the remaining width keeps this many cells when others grow. A comm in brackets needs 17. */
const minRemainingWidth = 20;

/**
 * Returns the columns that a table of this width shows, with their widths in cells. Columns that need more than their width
 * grow as long as there is space. `leadColumns`: cells before the first column. Default: those of the markers.
 */
export const layoutColumns = <C extends TableColumn>(
  columns: readonly C[],
  tableWidth: number,
  {
    contentWidths = {},
    leadColumns = markerWidth,
  }: { contentWidths?: ContentWidths | undefined; leadColumns?: number } = {},
): PlacedColumn<C>[] => {
  const shown = columns.filter(({ minTableWidth }) => tableWidth >= minTableWidth);
  const widths = shown.map(({ width }) => (typeof width === 'function' ? width(tableWidth) : width));
  const usedWidth = widths.reduce<number>((sum, width) => sum + (width ?? 0), leadColumns + shown.length - 1);
  let remainingWidth = Math.max(0, tableWidth - usedWidth);
  const hasRemaining = widths.includes(undefined);
  const grown = widths.map((width, index) => {
    const missing = (contentWidths[shown[index]?.id ?? ''] ?? 0) - (width ?? 0);
    if (width === undefined || missing <= 0 || !hasRemaining) return width;
    const growth = Math.max(0, Math.min(missing, remainingWidth - minRemainingWidth));
    remainingWidth -= growth;
    return width + growth;
  });
  return shown.map((column, index) => ({ column, columnWidth: grown[index] ?? remainingWidth }));
};

/** Returns the widths that the users of the live processes need, so that two users are not cut to the same text. */
export const userWidths = ({ table, guest }: SystemState): ContentWidths => {
  const uids = new Set<number>();
  for (const { uid } of table.live()) if (uid !== undefined) uids.add(uid);
  let user = 0;
  for (const uid of uids) user = Math.max(user, guest.userName(uid).length);
  return { user };
};
