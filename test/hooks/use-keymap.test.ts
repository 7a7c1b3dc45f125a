import fc from 'fast-check';
import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { keyNamesOf } from '../../src/hooks/use-keymap.ts';
import { bindings } from '../../src/store/keys/keymap.ts';
import { functionKeyCharacter } from '../../src/util/function-keys.ts';

const none: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

test.each<[string, Partial<Key>, string[]]>([
  ['q', {}, ['q']],
  ['G', { shift: true }, ['G']],
  [' ', {}, ['space']],
  ['jjj', {}, ['j', 'j', 'j']],
  ['node\r', {}, ['n', 'o', 'd', 'e', 'enter']],
  ['a b', {}, ['a', 'space', 'b']],
  ['x\x7f\b', {}, ['x', 'backspace', 'backspace']],
  ['\x1bq', {}, ['escape', 'q']],
  ['a\x03', {}, ['a', 'ctrl-c']],
  ['\x0c', {}, ['ctrl-l']],
  ['\t\n', {}, ['tab', 'enter']],
  ['\r\n', {}, ['enter']],
  ['漢👩‍👩‍👧e\u0301', {}, ['漢', '👩‍👩‍👧', 'e\u0301']],
  ['c', { ctrl: true }, ['ctrl-c']],
  ['', { ctrl: true }, []],
  ['', {}, []],
  // Esc and a letter in one chunk.
  ['q', { meta: true }, ['escape', 'q']],
  ['', { escape: true, meta: true }, ['escape']],
  ['', { upArrow: true }, ['up']],
  ['', { downArrow: true }, ['down']],
  ['', { pageUp: true }, ['pageup']],
  ['', { pageDown: true }, ['pagedown']],
  ['', { home: true }, ['home']],
  ['', { end: true }, ['end']],
  ['\r', { return: true }, ['enter']],
  ['', { tab: true, shift: true }, ['tab']],
  ['', { backspace: true }, ['backspace']],
  ['', { delete: true }, ['delete']],
])('input %j with %o is %j', (input, flags, names) => {
  expect(keyNamesOf(input, { ...none, ...flags })).toEqual(names);
});

test('keyNamesOf ignores the release of a key [fault:terminal-strings]', () => {
  expect(keyNamesOf('q', { ...none, eventType: 'press' })).toEqual(['q']);
  expect(keyNamesOf('q', { ...none, eventType: 'release' })).toEqual([]);
  expect(keyNamesOf('', { ...none, upArrow: true, eventType: 'release' })).toEqual([]);
});

describe('any input', () => {
  test('becomes key names without control characters, and no text is lost', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const names = keyNamesOf(text, none);
        for (const name of names) expect(name).not.toMatch(/^[\x00-\x1f\x7f]/);
        const printed = names.map((name) => (name === 'space' ? ' ' : name)).join('');
        if (!/\p{Cc}/u.test(text)) expect(printed).toBe(text);
      }),
    );
  });

  test('can name every bound key', () => {
    const flagged: Readonly<Record<string, Partial<Key>>> = {
      up: { upArrow: true },
      down: { downArrow: true },
      left: { leftArrow: true },
      right: { rightArrow: true },
      pageup: { pageUp: true },
      pagedown: { pageDown: true },
      home: { home: true },
      end: { end: true },
      enter: { return: true },
      escape: { escape: true },
      tab: { tab: true },
      backspace: { backspace: true },
      delete: { delete: true },
    };
    const press = (key: string): string[] => {
      const letter = /^ctrl-(.)$/.exec(key)?.[1];
      if (letter !== undefined) return keyNamesOf(letter, { ...none, ctrl: true });
      const [, number] = /^f(\d+)$/.exec(key) ?? [];
      if (number !== undefined) return keyNamesOf(functionKeyCharacter(Number(number)), none);
      return keyNamesOf(key === 'space' ? ' ' : flagged[key] ? '' : key, { ...none, ...flagged[key] });
    };
    for (const key of bindings.flatMap(({ keys }) => keys)) expect(press(key)).toEqual([key]);
  });
});
