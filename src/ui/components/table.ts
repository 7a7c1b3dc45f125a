import type { Order } from '../../store/actions/view-id.ts';
import type { PlacedColumn, TableColumn } from '../../store/views/table-column.ts';
import { groupDigits } from '../../util/format.ts';
import { fit, joinEnds } from '../text/cells.ts';
import { highlight } from '../text/highlight.ts';
import type { Theme } from '../theme/theme.ts';

/** The data of a table's title row. */
export type TitleLine<C extends TableColumn> = {
  columns: readonly PlacedColumn<C>[];
  titleOf: (column: C, columnWidth: number) => string;
  /** The order, whose column has an arrow. */
  order: Order;
  focused: boolean;
  /** Texts at the right end, if there is space. Empty ones are left out. */
  notes: readonly string[];
  width: number;
};

/** Formats the title row of a table. */
export const titleLine = <C extends TableColumn>(
  { columns, titleOf, order, focused, notes, width }: TitleLine<C>,
  { paint }: Theme,
): string => {
  const heads = columns.map(({ column, columnWidth }, index) => {
    const sorted = column.id === order.by;
    const title = fit(titleOf(column, columnWidth), columnWidth, column.align);
    const text = sorted ? withArrow(title, order.reversed) : title;
    const shown = index === columns.length - 1 ? text.trimEnd() : text;
    if (!sorted) return paint('label', shown);
    return paint(focused ? 'focused' : 'title', shown);
  });
  const note = notes.filter((text) => text !== '').join(' · ');
  return joinEnds(`${focused ? paint('focused', '›') : ' '} ${heads.join(' ')}`, paint('dim', note), width);
};

/** Puts an arrow into a space next to the title, if there is one, because color may be off: `AGE▾`. */
const withArrow = (title: string, reversed: boolean): string => {
  const arrow = reversed ? '▴' : '▾';
  if (title.startsWith(' ')) return title.replace(/ (?=\S)/, arrow);
  return title.replace(/^(\S+) /, `$1${arrow}`);
};

/** The visible part of a list: its first row, the rows on screen, the matching rows and all rows. */
export type ListPosition = { top: number; rows: number; count: number; total: number };

/** Formats a position in a list: `12–30 of 412` or, with a filter, `12–30 of 40 of 412`. */
export const positionText = ({ top, rows, count, total }: ListPosition): string => {
  const shown = count < total ? `${groupDigits(count)} of ${groupDigits(total)}` : groupDigits(count);
  return count > rows
    ? `${groupDigits(top + 1)}–${groupDigits(Math.min(count, top + rows))} of ${shown}`
    : shown;
};

/** What the user did to a row: marked it, selected it, or searched a text in it. */
export type RowState = {
  marked: boolean;
  selected: boolean;
  /** The text to highlight; empty in rows that a search has not found. */
  foundText: string;
};

/** How a row of a table is shown. */
export type RowOptions<C extends TableColumn> = RowState & {
  columns: readonly PlacedColumn<C>[];
  width: number;
  theme: Theme;
};

/** The data of a table row. `sign` is the state of its process or group. */
type RowLine = RowState & { sign: string; cells: readonly string[]; width: number };

/** Formats a table row. The cells of a selected row must not be painted, because the whole row is. */
export const rowLine = (
  { sign, marked, selected, cells, width, foundText }: RowLine,
  { paint }: Theme,
): string => {
  const line = `${sign}${marked ? paint(selected ? 'value' : 'focused', '*') : ' '}${cells.join(' ')}`;
  if (selected) return paint('selected', fit(line, width));
  return highlight(line, foundText, (text) => paint('found', text));
};
