import { splitGraphemes } from '../../util/graphemes.ts';

const labels: Readonly<Record<string, string>> = {
  space: 'Space',
  tab: 'Tab',
  enter: 'Enter',
  escape: 'Esc',
  backspace: 'Bksp',
  delete: 'Del',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index + 1}`, `F${index + 1}`])),
};

/** Names of the keys that are not characters. */
export const keyNames: readonly string[] = Object.keys(labels);

/** Returns the label of a key: `p`, `Esc`, `^L`. */
export const keyLabel = (key: string): string =>
  labels[key] ?? key.replace(/^ctrl-(.)$/, (_, letter) => `^${letter.toUpperCase()}`);

/** Returns whether the text is a key name: `x`, `pagedown`, `ctrl-d`. */
export const isKey = (key: string): boolean =>
  isCharacter(key) || Object.hasOwn(labels, key) || /^ctrl-[a-z]$/.test(key);

/** Returns whether the key name is a single grapheme, and not a name such as `pageup`. */
export const isCharacter = (key: string): boolean => [...splitGraphemes(key)].length === 1;
