import { isSingle } from './width.ts';

/** Ink's way (ink/build/line-update.js): what brings a screen line from `previous` to `next`. */
type LineUpdate = (previous: string, next: string, columns: number) => string;

/**
 * Ink writes a line again from the first cell that changed. Where an age in the middle counts up, most of what follows is
 * as it was: only the cells that changed are written, where the lines are of single cells and our own colours. Put in
 * front of Ink's way when the program is bundled (scripts/lean-ink.ts); see docs/speed.md.
 */
export const leanLine =
  (theirs: LineUpdate): LineUpdate =>
  (previous, next, columns) =>
    changedCells(previous, next, columns) ?? theirs(previous, next, columns);

/** What is written; undefined where a line holds what this does not know. */
export const changedCells = (previous: string, next: string, columns: number): string | undefined => {
  const from = cellsOf(previous);
  const to = cellsOf(next);
  if (!from || !to || from.text.length > columns || to.text.length > columns) return undefined;
  const length = to.text.length;
  const isSame = (at: number) =>
    (from.text[at] ?? ' ') === to.text[at] && (from.styles[at] ?? '') === to.styles[at];
  let out = '';
  let at = 0;
  while (at < length) {
    if (isSame(at)) {
      at++;
      continue;
    }
    let end = at + 1;
    // To jump over a few cells costs more than to write them again.
    for (let same = 0, cell = end; cell < length && same <= jumpCells; cell++) {
      same = isSame(cell) ? same + 1 : 0;
      if (same === 0) end = cell + 1;
    }
    out += `\x1b[${at + 1}G${styled(to, at, end)}`;
    at = end;
  }
  if (from.text.length > length) out += `\x1b[${length + 1}G\x1b[K`;
  return out;
};

const jumpCells = 6;

/** One character and one style, as SGR parameters, for each cell. */
type Cells = { text: string; styles: readonly string[] };

const styled = ({ text, styles }: Cells, from: number, to: number): string => {
  let out = '';
  let style = '';
  for (let at = from; at < to; at++) {
    const own = styles[at] as string;
    if (own !== style) out += own === '' ? '\x1b[m' : `\x1b[${style === '' ? '' : '0;'}${own}m`;
    style = own;
    out += text[at];
  }
  return style === '' ? out : `${out}\x1b[m`;
};

/** Lines as they were taken apart: the next one to be compared is most often the last one written. */
const known = new Map<string, Cells | undefined>();
const mostKnown = 512;

const cellsOf = (line: string): Cells | undefined => {
  if (known.has(line)) return known.get(line);
  if (known.size >= mostKnown) known.clear();
  const cells = takenApart(line);
  known.set(line, cells);
  return cells;
};

const takenApart = (line: string): Cells | undefined => {
  let text = '';
  const styles: string[] = [];
  let style: string | undefined = '';
  let at = 0;
  while (at < line.length) {
    const begin = line.indexOf('\x1b', at);
    const end = begin < 0 ? line.length : begin;
    text += line.slice(at, end);
    while (styles.length < text.length) styles.push(style);
    if (begin < 0) break;
    const close = line.indexOf('m', begin);
    if (line[begin + 1] !== '[' || close < 0) return undefined;
    style = styleAfter(style, line.slice(begin + 2, close));
    if (style === undefined) return undefined;
    at = close + 1;
  }
  return isSingle(text) ? { text, styles } : undefined;
};

/** By SGR parameter: which attribute it sets; an end ends all that it names. */
const begins: Readonly<Record<string, string>> = {
  1: 'bold',
  2: 'dim',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
};
const ends: Readonly<Record<string, readonly string[]>> = {
  22: ['bold', 'dim'],
  24: ['underline'],
  27: ['inverse'],
  29: ['strike'],
  39: ['colour'],
};
const colour = /^(?:[39][0-7]|38;2(?:;\d{1,3}){3})$/;
const parameters = /38;2(?:;\d{1,3}){3}|[^;]+/g;
const attributeOf = (code: string) => begins[code] ?? (colour.test(code) ? 'colour' : undefined);

/** A theme has few styles, so there are few ways from one to another. */
const steps = new Map<string, string | undefined>();
const mostSteps = 1_024;

/** The style that is on behind a sequence, as SGR parameters; undefined where it is none of ours. */
const styleAfter = (style: string, codes: string): string | undefined => {
  const step = `${style} ${codes}`;
  if (steps.has(step)) return steps.get(step);
  if (steps.size >= mostSteps) steps.clear();
  const after = applied(style, codes);
  steps.set(step, after);
  return after;
};

const applied = (style: string, codes: string): string | undefined => {
  const on = new Map<string, string>();
  for (const [code] of style.matchAll(parameters)) on.set(attributeOf(code) as string, code);
  if (codes === '') return undefined;
  for (const [code] of codes.matchAll(parameters)) {
    const attribute = attributeOf(code);
    if (attribute) on.set(attribute, code);
    else if (ends[code]) for (const ended of ends[code]) on.delete(ended);
    else return undefined;
  }
  // In one order, whatever order they came in.
  return [...on.values()].toSorted().join(';');
};
