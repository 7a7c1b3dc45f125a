import { type Key, useInput, usePaste } from 'ink';
import { foreignKeyNotice } from '../store/keys/foreign-keys.ts';
import { actionFor, isTyping, pasteAction, wrongViewNotice } from '../store/keys/keymap.ts';
import type { Store } from '../store/store.ts';
import { functionKeyNumber } from '../util/function-keys.ts';
import { splitGraphemes } from '../util/graphemes.ts';

/** The flags of Ink for keys without a character, and their key names. */
const inkKeyNames: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Key names of control characters within an input chunk: fast typing delivers `node\r` at once. */
const controlKeyNames: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x1b': 'escape',
};

const keyNameOf = (grapheme: string): string => {
  const first = grapheme[0] as string;
  const functionKey = functionKeyNumber(grapheme);
  if (functionKey !== undefined) return `f${functionKey}`;
  if (first === ' ') return 'space';
  if (first > '\x1f' && first !== '\x7f') return grapheme;
  return controlKeyNames[first] ?? `ctrl-${String.fromCharCode(first.charCodeAt(0) + 0x60)}`;
};

/**
 * Converts the arguments of one input callback of Ink to key names. Fast typing delivers several keys at once (`jjj`). The
 * input is empty for a key that Ink does not recognize.
 */
export const keyNamesOf = (input: string, key: Key): string[] => {
  // In the kitty keyboard protocol, which another program may have left on, the release of a key is a report as well.
  if (key.eventType === 'release') return [];
  for (const [flag, name] of inkKeyNames) if (key[flag]) return [name];
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`];
  // Alt and a key are indistinguishable from Esc and a key that arrive together, as on a slow connection.
  if (key.meta) return ['escape', ...textKeyNames(input)];
  return textKeyNames(input);
};

const textKeyNames = (input: string): string[] =>
  [...splitGraphemes(input)].map(({ segment }) => keyNameOf(segment));

/** Dispatches the actions of keys, and pasted text to the input line. */
export const useKeymap = (store: Store): void => {
  useInput((input, key) => {
    // In an input line, Alt-b and other shell shortcuts must not act as Esc, which clears the line.
    if (key.meta && isTyping(store.getSnapshot().view.mode)) return;
    for (const name of keyNamesOf(input, key)) {
      const { view } = store.getSnapshot();
      const action = wrongViewNotice(name, view) ?? actionFor(name, view) ?? foreignKeyNotice(name, view);
      if (action) store.dispatch(action);
    }
  });
  usePaste((text) => {
    const action = pasteAction(store.getSnapshot().view.mode, text.replaceAll(/\p{Cc}+/gu, ' ').trim());
    if (action) store.dispatch(action);
  });
};
