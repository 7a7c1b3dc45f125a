import stringWidth from 'string-width';
import { ownGlyphs } from './glyphs.ts';

const single = new RegExp(`^[\\x20-\\x7e${ownGlyphs.join('')}]*$`);

/** Whether it is ASCII and our own glyphs only: a character, a cell. */
export const isSingle = (text: string): boolean => single.test(text);

/** Select Graphic Rendition: colours and weights, which take no cell (ECMA-48, 8.3.117). */
const styles = /\x1b\[[\d;]*m/g;

/**
 * Cells a text takes on a terminal. Nearly all texts are of single cells, styled or not: those are told at a glance. The
 * program is bundled such that Ink asks here, too (scripts/lean-ink.ts), and that Unicode's tables are loaded at the first
 * other text (scripts/late-tables.ts).
 */
const widthOf = (text: string): number => {
  const plain = text.includes('\x1b') ? text.replaceAll(styles, '') : text;
  return isSingle(plain) ? plain.length : stringWidth(text);
};

export default widthOf;
