/** The character of F1 less 1, in the private use area. Ink passes on characters, but not function keys. */
const beforeF1 = 0xf703;
const count = 12;

/** Returns the character that stands for a function key. @param number 1 to 12 */
export const functionKeyCharacter = (number: number): string => String.fromCharCode(beforeF1 + number);

/** Returns the number of the function key that a character stands for; undefined for other characters. */
export const functionKeyNumber = (character: string): number | undefined => {
  const number = character.charCodeAt(0) - beforeF1;
  return number >= 1 && number <= count ? number : undefined;
};
