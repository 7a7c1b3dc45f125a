import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actionFor, bindings, keyLabel, type Mode } from '../../src/store/keys.ts';

const modes: readonly Mode[] = ['normal', 'filter', 'help'];
const of = (mode: Mode) => bindings.filter((binding) => binding.mode === mode);

describe.each(modes)('in %s mode', (mode) => {
  test('no key is bound twice', () => {
    const keys = of(mode).flatMap((binding) => binding.keys);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test('every key does what its row says', () => {
    for (const { keys, action } of of(mode)) {
      for (const key of keys) expect(actionFor(mode, key)).toBe(action);
    }
  });

  test('every row has keys and words, and no two the same words', () => {
    for (const { keys, help, footer } of of(mode)) {
      expect(keys).not.toEqual([]);
      expect(help).toMatch(/^\S.*\S$/);
      if (footer !== undefined) expect(footer).toMatch(/^[a-z]+$/);
    }
    for (const words of [of(mode).map(({ help }) => help), of(mode).flatMap(({ footer }) => footer ?? [])])
      expect(words).toEqual([...new Set(words)]);
  });

  test('one can always leave, redraw and suspend', () => {
    expect(actionFor(mode, 'ctrl-c')).toEqual({ type: 'quit' });
    expect(actionFor(mode, 'ctrl-l')).toEqual({ type: 'redraw' });
    expect(actionFor(mode, 'ctrl-z')).toEqual({ type: 'suspend' });
    expect(of(mode).some(({ footer }) => footer !== undefined)).toBe(true);
  });
});

describe('in the filter line', () => {
  test.each([['q'], ['/'], ['?'], ['p'], ['é'], ['漢'], ['👩‍👩‍👧'], ['e\u0301']])('%s is text', (key) => {
    expect(actionFor('filter', key)).toEqual({ type: 'typeFilter', text: key });
  });

  test('the space bar is a space', () => {
    expect(actionFor('filter', 'space')).toEqual({ type: 'typeFilter', text: ' ' });
  });

  test.each([['left'], ['pageup'], ['home'], ['ctrl-a'], ['']])('%j is none', (key) => {
    expect(actionFor('filter', key)).toBeUndefined();
  });

  test('one can type every printable character', () => {
    for (let code = 0x21; code < 0x7f; code++) {
      const text = String.fromCharCode(code);
      expect(actionFor('filter', text)).toEqual({ type: 'typeFilter', text });
    }
  });
});

test('keys that are bound to nothing do nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('normal' as const, 'help' as const),
      fc.string({ unit: 'binary' }),
      (mode, key) => {
        fc.pre(!of(mode).some(({ keys }) => keys.includes(key)));
        expect(actionFor(mode, key)).toBeUndefined();
      },
    ),
  );
});

describe('a key for people', () => {
  test.each([
    ['p', 'p'],
    ['G', 'G'],
    ['space', 'Space'],
    ['escape', 'Esc'],
    ['ctrl-c', '^C'],
    ['ctrl-l', '^L'],
    ['pagedown', 'PgDn'],
  ])('%s is written %s', (key, label) => {
    expect(keyLabel(key)).toBe(label);
  });

  test('has a name of its own in every mode', () => {
    for (const mode of modes) {
      const labels = of(mode).flatMap(({ keys }) => keys.map(keyLabel));
      expect(labels).toEqual([...new Set(labels)]);
    }
  });
});
