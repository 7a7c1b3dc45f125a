import { splitGraphemes } from '../../util/text.ts';

/** How a key is written for people. */
export const keyLabel = (key: string): string =>
  labels[key] ?? key.replace(/^ctrl-(.)$/, (_, letter) => `^${letter.toUpperCase()}`);

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
};

/** Whether there is such a key: `x`, `pagedown`, `ctrl-d`. */
export const isKey = (key: string): boolean =>
  isCharacter(key) || Object.hasOwn(labels, key) || /^ctrl-[a-z]$/.test(key);

/** One grapheme, not a key's name such as `pageup`. */
export const isCharacter = (key: string): boolean => [...splitGraphemes(key)].length === 1;
