import { isSingle, styleEnd } from '../text/width.ts';

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

/** A line taken apart: a UTF-16 code and the place of a style in `styles` for each cell. Taken again for each line. */
type Cells = { codes: Uint16Array; looks: Uint16Array; length: number };

const cellsFor = (columns: number): Cells => ({
  codes: new Uint16Array(columns),
  looks: new Uint16Array(columns),
  length: 0,
});
let from = cellsFor(0);
let to = cellsFor(0);

/** What is written; undefined where a line holds what this does not know. */
export const changedCells = (previous: string, next: string, columns: number): string | undefined => {
  if (to.codes.length < columns) [from, to] = [cellsFor(columns), cellsFor(columns)];
  if (styles.length > mostStyles) forgetStyles();
  if (!takeApart(previous, from, columns) || !takeApart(next, to, columns)) return undefined;
  const { length } = to;
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
    out += `\x1b[${at + 1}G${written(at, end)}`;
    at = end;
  }
  if (from.length > length) out += `\x1b[${length + 1}G\x1b[K`;
  return out;
};

const jumpCells = 6;
const space = 0x20;

const isSame = (at: number): boolean =>
  at < from.length
    ? from.codes[at] === to.codes[at] && from.looks[at] === to.looks[at]
    : to.codes[at] === space && to.looks[at] === 0;

const written = (begin: number, end: number): string => {
  let out = '';
  let look = 0;
  for (let at = begin; at < end; at++) {
    const own = to.looks[at] as number;
    if (own !== look) out += own === 0 ? '\x1b[m' : `\x1b[${look === 0 ? '' : '0;'}${styles[own]}m`;
    look = own;
    out += String.fromCharCode(to.codes[at] as number);
  }
  return look === 0 ? out : `${out}\x1b[m`;
};

/** Whether the line is of what this knows, and no longer than the screen is wide. */
const takeApart = (line: string, into: Cells, columns: number): boolean => {
  let length = 0;
  let look: number | undefined = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (isSingle(code)) {
      if (length === columns) return false;
      into.codes[length] = code;
      into.looks[length] = look;
      length++;
      continue;
    }
    const end = styleEnd(line, at);
    look = end < 0 ? undefined : lookAfter(look, line.slice(at + 2, end));
    if (look === undefined) return false;
    at = end;
  }
  into.length = length;
  return true;
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

/** Styles met so far, as SGR parameters in one order, and from each the ways to others. A theme has few of both. */
const styles: string[] = [''];
const steps: Map<string, number | undefined>[] = [new Map()];
const mostStyles = 1_024;

const forgetStyles = (): void => {
  styles.length = 1;
  steps.splice(0, steps.length, new Map());
};

/** The style that is on behind a sequence, as its place in `styles`; undefined where it is none of ours. */
const lookAfter = (look: number, codes: string): number | undefined => {
  const known = steps[look] as Map<string, number | undefined>;
  if (known.has(codes)) return known.get(codes);
  const style = applied(styles[look] as string, codes);
  let after = style === undefined ? undefined : styles.indexOf(style);
  if (after === -1) {
    after = styles.push(style as string) - 1;
    steps.push(new Map());
  }
  if (known.size < mostStyles) known.set(codes, after);
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
