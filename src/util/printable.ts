/**
 * Returns a text that is safe to print on a terminal, because a process can name itself `\e]0;owned\a`.
 * Control characters become their Unicode pictures (ESC becomes `␛`). Other characters that could move, hide or
 * reorder their neighbors become U+FFFD.
 */
export const printable = (text: string): string =>
  printableAscii.test(text) ? text : text.replace(unprintable, replacementFor);

const printableAscii = /^[\x20-\x7e]*$/;

// C0, DEL and C1; bidi controls, zero-width and other format characters; line and paragraph separators; private use;
// lone surrogates; invisible fillers; and variation selectors, which change the width of the preceding character.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]|\p{Default_Ignorable_Code_Point}/gu;

const replacementFor = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return '\ufffd';
};
