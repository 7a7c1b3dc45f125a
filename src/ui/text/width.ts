import stringWidth from 'string-width';
import { ownGlyphs } from './glyphs.ts';

/** By UTF-16 code unit: 1 for printable ASCII and the program's own glyphs, which are one cell wide. */
const singleCell = new Uint8Array(1 << 16).fill(1, 0x20, 0x7f);
for (const glyph of ownGlyphs) singleCell[glyph.charCodeAt(0)] = 1;

const [esc, bracket, semicolon, m, zero, nine] = [0x1b, 0x5b, 0x3b, 0x6d, 0x30, 0x39];

/** Returns the index of the final `m` of an SGR sequence that starts at `at`; -1 if there is none. */
const styleEnd = (text: string, at: number): number => {
  if (text.charCodeAt(at) !== esc || text.charCodeAt(at + 1) !== bracket) return -1;
  for (let end = at + 2; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === m) return end;
    if (code !== semicolon && (code < zero || code > nine)) return -1;
  }
  return -1;
};

/** Returns the width of a text of single-cell characters and SGR sequences; undefined for any other text. */
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

/**
 * Returns the width of a text on a terminal, in cells. Most texts are the program's own lines, for which the fast path is
 * enough; `string-width` measures the others.
 */
const widthOf = (text: string): number => lineWidth(text) ?? stringWidth(text);

export default widthOf;
