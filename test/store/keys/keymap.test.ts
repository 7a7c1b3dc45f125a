import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewIds } from '../../../src/store/actions/view-id.ts';
import type { Mode, SourceKind } from '../../../src/store/keys/binding.ts';
import { isKey, keyLabel } from '../../../src/store/keys/key-names.ts';
import { actionFor, bindings, bindingsFor, keysOf, wrongViewNotice } from '../../../src/store/keys/keymap.ts';

const modes: readonly (readonly [Mode, SourceKind])[] = [
  ['normal', 'live'],
  ['filter', 'live'],
  ['help', 'live'],
  ['normal', 'pipe'],
  ['normal', 'replay'],
  ['filter', 'replay'],
  ['jump', 'replay'],
  ['help', 'replay'],
];
const of = (mode: Mode, watched: SourceKind = 'live') =>
  bindingsFor(watched).filter((binding) => binding.mode === mode);

describe.each(modes)('in %s mode, %s', (mode, watched) => {
  test.each(viewIds)('no key is bound twice in the %s view', (id) => {
    const here = of(mode, watched).filter(({ views }) => views === undefined || views.includes(id));
    const keys = here.flatMap((binding) => binding.keys);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test('every key does what its row says', () => {
    for (const { keys, action } of of(mode, watched)) {
      for (const key of keys) expect(actionFor(mode, key, watched)).toBe(action);
    }
  });

  test('every row has keys and words, and no two the same words', () => {
    for (const { keys, help, footer } of of(mode, watched)) {
      expect(keys).not.toEqual([]);
      expect(help).toMatch(/^(\S.*\S)?$/);
      if (footer !== undefined) expect(footer).toMatch(/^[a-z]+$/);
    }
    for (const words of [
      of(mode, watched).flatMap(({ help }) => help || []),
      of(mode, watched).flatMap(({ footer }) => footer ?? []),
    ])
      expect(words).toEqual([...new Set(words)]);
  });

  test('one can always leave, redraw and suspend', () => {
    expect(actionFor(mode, 'ctrl-c', watched)).toEqual({ type: 'quit' });
    expect(actionFor(mode, 'ctrl-l', watched)).toEqual({ type: 'redraw' });
    expect(actionFor(mode, 'ctrl-z', watched)).toEqual({ type: 'suspend' });
    expect(of(mode, watched).some(({ footer }) => footer !== undefined)).toBe(true);
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

test('a key of another view says whose it is; all others are silent', () => {
  const none = new Map();
  const said = (key: string, activeView: (typeof viewIds)[number], keyOverrides = none) =>
    wrongViewNotice('normal', key, { sourceKind: 'live', keyOverrides, activeView });
  expect(said('b', 'live')).toEqual({ type: 'notify', text: 'b is a key of churn (2)', tone: 'info' });
  expect(said('b', 'churn')).toBeUndefined();
  expect(said('tab', 'tree')).toMatchObject({ text: 'Tab is a key of live (1)' });
  expect(said('+', 'live')).toMatchObject({ text: '+ is a key of tree (3) and timeline (4)' });
  expect(said('x', 'live', new Map([['x', 'b']]))).toMatchObject({ text: 'x is a key of churn (2)' });
  for (const key of ['q', 'p', '%', '']) expect(said(key, 'live')).toBeUndefined();
  expect(
    wrongViewNotice('filter', 'b', { sourceKind: 'live', keyOverrides: none, activeView: 'live' }),
  ).toBeUndefined();
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
    for (const [mode, watched] of modes) {
      const keys = new Set(of(mode, watched).flatMap((binding) => binding.keys));
      const labels = [...keys].map(keyLabel);
      expect(labels).toEqual([...new Set(labels)]);
    }
  });
});

test('of a trace from a pipe nothing can be recorded, and nothing noted in it', () => {
  expect(actionFor('normal', 'R', 'live')).toEqual({ type: 'record' });
  for (const key of ['R', 'e']) expect(actionFor('normal', key, 'pipe')).toBeUndefined();
  expect(actionFor('normal', 'p', 'pipe')).toEqual({ type: 'togglePause' });
});

describe('keys of the user’s own', () => {
  const rebound = new Map([
    ['x', 'p'],
    ['p', 'q'],
  ]);

  test('do what the other key does, and nothing where text is typed', () => {
    expect(actionFor('normal', 'x', 'live', rebound)).toEqual({ type: 'togglePause' });
    expect(actionFor('normal', 'p', 'live', rebound)).toEqual({ type: 'quit' });
    expect(actionFor('filter', 'x', 'live', rebound)).toEqual({ type: 'typeFilter', text: 'x' });
  });

  test('stand first in help and footer; a key that does something else is gone', () => {
    const [pause] = bindings;
    expect(pause && keysOf(pause, rebound)).toEqual(['x', 'space']);
  });

  test('every key of the table is one, and no word is', () => {
    for (const { keys } of bindings) for (const key of keys) expect(isKey(key), key).toBe(true);
    for (const word of ['constructor', 'pause', 'ctrl-', '']) expect(isKey(word), word).toBe(false);
  });
});
