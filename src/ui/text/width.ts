import stringWidth from 'string-width';
import { ownGlyphs } from './glyphs.ts';

/** By UTF-16 code: whether it is ASCII or one of our own glyphs, a character a cell. */
const singleCell = new Uint8Array(1 << 16).fill(1, 0x20, 0x7f);
for (const glyph of ownGlyphs) singleCell[glyph.charCodeAt(0)] = 1;

const [esc, bracket, semicolon, m, zero, nine] = [0x1b, 0x5b, 0x3b, 0x6d, 0x30, 0x39];

/** Where a colour (SGR, digits and semicolons only) that begins at `at` ends, its `m`; -1 where there is none. */
const styleEnd = (text: string, at: number): number => {
  if (text.charCodeAt(at) !== esc || text.charCodeAt(at + 1) !== bracket) return -1;
  for (let end = at + 2; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === m) return end;
    if (code !== semicolon && (code < zero || code > nine)) return -1;
  }
  return -1;
};

/** Cells of a line of single cells in our own colours; undefined of all other texts. */
const lineWidth = (text: string): number | undefined => {
  let cells = 0;
  for (let at = 0; at < text.length; at++) {
    if (singleCell[text.charCodeAt(at)] === 1) {
      cells++;
      continue;
    }
    at = styleEnd(text, at);
    if (at < 0) return undefined;
  }
  return cells;
};

/** Returns the width of a text in cells. Most texts are ASCII and own glyphs, which need no Unicode tables. */
const widthOf = (text: string): number => lineWidth(text) ?? stringWidth(text);

export default widthOf;
