import stringWidth from 'string-width';
import { ownGlyphs } from './glyphs.ts';

const single = new RegExp(`^[\\x20-\\x7e${ownGlyphs.join('')}]*$`);

/** Whether it is ASCII and our own glyphs only: a character, a cell. */
export const isSingle = (text: string): boolean => single.test(text);

/**
 * Cells a text takes on a terminal. Nearly all texts are of single cells: those are told at a glance. The program is
 * bundled such that Ink asks here, too (scripts/lean-ink.ts).
 */
const widthOf = (text: string): number => (isSingle(text) ? text.length : stringWidth(text));

export default widthOf;
