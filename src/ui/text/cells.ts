import { splitGraphemes } from '../../util/graphemes.ts';
import { printable } from '../../util/printable.ts';
import widthOf from './width.ts';

const ascii = /^[\x20-\x7e]*$/;

export { widthOf };

/** Truncates a text to at most `width` cells. A truncated text ends in `…`. */
export const truncate = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  if (ascii.test(text)) return `${text.slice(0, width - 1)}…`;
  let kept = '';
  let used = 0;
  for (const { segment } of splitGraphemes(text)) {
    const cells = widthOf(segment);
    if (used + cells > width - 1) break;
    kept += segment;
    used += cells;
  }
  return `${kept}…`;
};

/**
 * Fits a text to exactly `width` cells, and replaces control characters. All text from the kernel or the user must
 * pass through this function before it is drawn.
 */
export const fit = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const shown = truncate(printable(text), width);
  const pad = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return align === 'left' ? shown + pad : pad + shown;
};

/** Commands of at least this width keep their end when they are cut, in cells. */
const minCutInMiddle = 24;
/** Share of the cells that the end gets. */
const endShare = 0.4;

/**
 * Fits a command to exactly `width` cells. A long one is cut in the middle, because both its program and its last
 * arguments distinguish commands.
 */
export const fitCommand = (text: string, width: number): string => {
  const shown = printable(text);
  const excess = widthOf(shown) - width;
  if (excess <= 0 || width < minCutInMiddle) return fit(text, width);
  const endWidth = Math.floor(width * endShare);
  const start = truncate(shown, width - endWidth);
  // Graphemes of two cells may leave a cell free.
  return fit(start + lastCells(shown, width - widthOf(start)), width);
};

/** Returns the end of a text, at most `width` cells wide. */
const lastCells = (text: string, width: number): string => {
  if (ascii.test(text)) return text.slice(text.length - width);
  let kept = '';
  let used = 0;
  for (const { segment } of [...splitGraphemes(text)].reverse()) {
    used += widthOf(segment);
    if (used > width) break;
    kept = segment + kept;
  }
  return kept;
};

/** Wraps a text into at most `maxLines` lines of `width` cells, at spaces if possible. The last line is truncated. */
export const wrap = (text: string, width: number, maxLines: number): string[] => {
  const lines: string[] = [];
  let rest = printable(text);
  while (lines.length < maxLines - 1 && widthOf(rest) > width) {
    const whole = truncate(rest, width + 1).slice(0, -1);
    const space = whole.lastIndexOf(' ');
    const line = space > width / 2 ? whole.slice(0, space) : whole;
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return [...lines, truncate(rest, width)];
};

/** Joins a left and a right part to a line of `width` cells. The right part is dropped if there is no space. */
export const joinEnds = (left: string, right: string, width: number): string => {
  const gap = width - widthOf(left) - widthOf(right);
  return gap >= 1 ? left + ' '.repeat(gap) + right : left;
};

/** Bars of a chart, by height in eighths of a cell. */
export const bars = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * Draws values as bars, scaled to the largest value; 0 is a space. A cell of several values shows the largest.
 */
export const sparkline = (values: readonly number[], cells: number): string => {
  const shown = Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * values.length) / cells);
    const to = Math.max(from + 1, Math.floor(((cell + 1) * values.length) / cells));
    return Math.max(0, ...values.slice(from, to));
  });
  const largest = Math.max(...shown, 1);
  return shown.map((value) => bars[Math.ceil((value / largest) * (bars.length - 1))]).join('');
};
