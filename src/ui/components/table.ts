import { groupDigits } from '../../util/format.ts';
import { fit, joinEnds } from '../text/cells.ts';
import type { Theme } from '../theme/theme.ts';

export type TitleLine = {
  /** The titles, each exactly as wide as its column. */
  titles: readonly { text: string; sorted: boolean }[];
  /** The order of the sorted one is turned round. */
  reversed: boolean;
  focused: boolean;
  /** What is said at the right, where there is room. */
  note: string;
  width: number;
};

export const titleLine = (
  { titles, reversed, focused, note, width }: TitleLine,
  { paint }: Theme,
): string => {
  const heads = titles.map(({ text: whole, sorted }, index) => {
    const text = sorted ? withArrow(whole, reversed) : whole;
    const shown = index === titles.length - 1 ? text.trimEnd() : text;
    if (!sorted) return paint('label', shown);
    return paint(focused ? 'focused' : 'title', shown);
  });
  return joinEnds(`${focused ? paint('focused', '›') : ' '} ${heads.join(' ')}`, paint('dim', note), width);
};

/** `AGE▾` in a blank beside the title, where its column has one: colour alone would not tell. */
const withArrow = (title: string, reversed: boolean): string => {
  const arrow = reversed ? '▴' : '▾';
  if (title.startsWith(' ')) return title.replace(/ (?=\S)/, arrow);
  return title.replace(/^(\S+) /, `$1${arrow}`);
};

/** `12–30 of 412`, or of fewer than there are: `12–30 of 40 of 412`. */
export const positionText = (top: number, rows: number, count: number, total: number): string => {
  const shown = count < total ? `${groupDigits(count)} of ${groupDigits(total)}` : groupDigits(count);
  return count > rows
    ? `${groupDigits(top + 1)}–${groupDigits(Math.min(count, top + rows))} of ${shown}`
    : shown;
};

/** A row of cells after its mark, and `*` where the user marked it; the chosen one is inverse throughout, whatever its cells are painted with. */
export const rowLine = (
  mark: string,
  marked: boolean,
  cells: readonly string[],
  chosen: boolean,
  width: number,
  { paint }: Theme,
): string => {
  const line = `${mark}${marked ? paint(chosen ? 'value' : 'focused', '*') : ' '}${cells.join(' ')}`;
  return chosen ? paint('chosen', fit(line, width)) : line;
};
