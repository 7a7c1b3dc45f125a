import { printable, splitGraphemes } from '../../util/text.ts';
import widthOf from './width.ts';

const ascii = /^[\x20-\x7e]*$/;

/** Cells a printable text takes on a terminal. */
export { widthOf };

/** At most `width` cells; what is cut ends in `…`. */
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

/** Exactly `width` cells of kernel or user text, made inert first: the one way of such text to the screen. */
export const fit = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const shown = truncate(printable(text), width);
  const pad = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return align === 'left' ? shown + pad : pad + shown;
};

/** Printable lines of at most `width` cells, no more than `most`: broken at spaces where there are any, the last one cut. */
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

/** Left and right parts on one line of `width` cells; the right one gives way, then the left is cut. */
export const joinEnds = (left: string, right: string, width: number): string => {
  const gap = width - visibleWidth(left) - visibleWidth(right);
  return gap >= 1 ? left + ' '.repeat(gap) + right : left;
};

/** Cells of a text that bears our own colours. */
export const visibleWidth = (painted: string): number => widthOf(painted);

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** One bar a value, scaled to the largest; nothing happened reads as a space. Fewer cells than values: their maxima. */
export const sparkline = (values: readonly number[], cells: number): string => {
  const shown = Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * values.length) / cells);
    const to = Math.max(from + 1, Math.floor(((cell + 1) * values.length) / cells));
    return Math.max(0, ...values.slice(from, to));
  });
  const most = Math.max(...shown, 1);
  return shown
    .map((value) => (value === 0 ? ' ' : bars[Math.max(0, Math.ceil((value / most) * bars.length) - 1)]))
    .join('');
};
