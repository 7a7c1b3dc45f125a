import { type Key, useInput, usePaste } from 'ink';
import { actionFor, elsewhere, isTyping, pasteIn } from '../store/keys/keymap.ts';
import type { Store } from '../store/store.ts';
import { graphemes } from '../util/text.ts';

/** Ink's flags for keys that have no character, and our names for them. */
const named: readonly (readonly [keyof Key, string])[] = [
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
const control: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x1b': 'escape',
};

const nameOf = (grapheme: string): string => {
  const first = grapheme[0] as string;
  if (first === ' ') return 'space';
  if (first > '\x1f' && first !== '\x7f') return grapheme;
  return control[first] ?? `ctrl-${String.fromCharCode(first.charCodeAt(0) + 0x60)}`;
};

/** One input call of Ink as key names: fast typing arrives as one call (`jjj`), keys unknown to it as ''. */
export const nameKeys = (input: string, key: Key): string[] => {
  for (const [flag, name] of named) if (key[flag]) return [name];
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`];
  // A slow line delivers Esc and the key behind it as one; so does Alt, and nothing tells them apart.
  if (key.meta) return ['escape', ...namesIn(input)];
  return namesIn(input);
};

const namesIn = (input: string): string[] => [...graphemes(input)].map(({ segment }) => nameOf(segment));

/** Keys become actions through the key table. A paste is text for a line at the bottom. */
export const useKeymap = (store: Store): void => {
  useInput((input, key) => {
    // Whoever types is used to Alt-b from shells; clearing the line for it would be rude.
    if (key.meta && isTyping(store.getSnapshot().view.mode)) return;
    for (const name of nameKeys(input, key)) {
      const { mode, watched, rebound, shown } = store.getSnapshot().view;
      const action =
        elsewhere(mode, name, { watched, rebound, shown }) ?? actionFor(mode, name, watched, rebound);
      if (action) store.dispatch(action);
    }
  });
  usePaste((text) => {
    const action = pasteIn(store.getSnapshot().view.mode, text.replaceAll(/\p{Cc}+/gu, ' ').trim());
    if (action) store.dispatch(action);
  });
};
