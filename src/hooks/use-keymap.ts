import { type Key, useInput, usePaste } from 'ink';
import { actionFor, isTyping, pasteAction, wrongViewNotice } from '../store/keys/keymap.ts';
import type { Store } from '../store/store.ts';
import { splitGraphemes } from '../util/text.ts';

/** Ink's flags for keys that have no character, and our names for them. */
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

/** Control characters inside a longer chunk: `node\r` typed fast is four letters and Enter. */
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
  if (first === ' ') return 'space';
  if (first > '\x1f' && first !== '\x7f') return grapheme;
  return controlKeyNames[first] ?? `ctrl-${String.fromCharCode(first.charCodeAt(0) + 0x60)}`;
};

/** One input call of Ink as key names: fast typing arrives as one call (`jjj`), keys unknown to it as ''. */
export const keyNamesOf = (input: string, key: Key): string[] => {
  for (const [flag, name] of inkKeyNames) if (key[flag]) return [name];
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`];
  // A slow line delivers Esc and the key behind it as one; so does Alt, and nothing tells them apart.
  if (key.meta) return ['escape', ...textKeyNames(input)];
  return textKeyNames(input);
};

const textKeyNames = (input: string): string[] =>
  [...splitGraphemes(input)].map(({ segment }) => keyNameOf(segment));

/** Keys become actions through the key table. A paste is text for a line at the bottom. */
export const useKeymap = (store: Store): void => {
  useInput((input, key) => {
    // Whoever types is used to Alt-b from shells; clearing the line for it would be rude.
    if (key.meta && isTyping(store.getSnapshot().view.mode)) return;
    for (const name of keyNamesOf(input, key)) {
      const { mode, sourceKind, keyOverrides, activeView } = store.getSnapshot().view;
      const action =
        wrongViewNotice(mode, name, { sourceKind, keyOverrides, activeView }) ??
        actionFor(mode, name, sourceKind, keyOverrides);
      if (action) store.dispatch(action);
    }
  });
  usePaste((text) => {
    const action = pasteAction(store.getSnapshot().view.mode, text.replaceAll(/\p{Cc}+/gu, ' ').trim());
    if (action) store.dispatch(action);
  });
};
