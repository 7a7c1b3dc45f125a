import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewIds } from '../../../src/store/actions/view-id.ts';
import type { KeyOverrides, Mode, SourceKind } from '../../../src/store/keys/binding.ts';
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
const noOverrides: KeyOverrides = new Map();
const bindingsIn = (mode: Mode, sourceKind: SourceKind = 'live') =>
  bindingsFor(sourceKind).filter((binding) => binding.mode === mode);

const actionIn = (
  mode: Mode,
  key: string,
  sourceKind: SourceKind = 'live',
  keyOverrides: KeyOverrides = noOverrides,
) => actionFor(key, { mode, sourceKind, keyOverrides });

describe.each(modes)('in %s mode, source %s', (mode, sourceKind) => {
  test.each(viewIds)('no key is bound twice in the %s view', (id) => {
    const here = bindingsIn(mode, sourceKind).filter(
      ({ views }) => views === undefined || views.includes(id),
    );
    const keys = here.flatMap((binding) => binding.keys);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test('every key triggers the action of its binding', () => {
    for (const { keys, action } of bindingsIn(mode, sourceKind)) {
      for (const key of keys) expect(actionIn(mode, key, sourceKind)).toBe(action);
    }
  });

  test('every binding has keys and a unique help text', () => {
    for (const { keys, help, footer } of bindingsIn(mode, sourceKind)) {
      expect(keys).not.toEqual([]);
      expect(help).toMatch(/^(\S.*\S)?$/);
      if (footer !== undefined) expect(footer).toMatch(/^[a-z]+( in| out)?$/);
    }
    for (const texts of [
      bindingsIn(mode, sourceKind).flatMap(({ help }) => help || []),
      bindingsIn(mode, sourceKind).flatMap(({ footer }) => footer ?? []),
    ])
      expect(texts).toEqual([...new Set(texts)]);
  });

  test('quit, redraw and suspend always have a key', () => {
    expect(actionIn(mode, 'ctrl-c', sourceKind)).toEqual({ type: 'quit' });
    expect(actionIn(mode, 'ctrl-l', sourceKind)).toEqual({ type: 'redraw' });
    expect(actionIn(mode, 'ctrl-z', sourceKind)).toEqual({ type: 'suspend' });
    expect(bindingsIn(mode, sourceKind).some(({ footer }) => footer !== undefined)).toBe(true);
  });
});

describe('in the filter line', () => {
  test.each([['q'], ['/'], ['?'], ['p'], ['é'], ['漢'], ['👩‍👩‍👧'], ['e\u0301']])('%s is text', (key) => {
    expect(actionIn('filter', key)).toEqual({ type: 'typeFilter', text: key });
  });

  test('the space key is a space', () => {
    expect(actionIn('filter', 'space')).toEqual({ type: 'typeFilter', text: ' ' });
  });

  test.each([['left'], ['pageup'], ['home'], ['ctrl-a'], ['']])('%j is not text', (key) => {
    expect(actionIn('filter', key)).toBeUndefined();
  });

  test('every printable character is text', () => {
    for (let code = 0x21; code < 0x7f; code++) {
      const text = String.fromCharCode(code);
      expect(actionIn('filter', text)).toEqual({ type: 'typeFilter', text });
    }
  });
});

test('keys without a binding do nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('normal' as const, 'help' as const),
      fc.string({ unit: 'binary' }),
      (mode, key) => {
        fc.pre(!bindingsIn(mode).some(({ keys }) => keys.includes(key)));
        expect(actionIn(mode, key)).toBeUndefined();
      },
    ),
  );
});

test('a key of another view shows a notice, other keys do not', () => {
  const noticeFor = (key: string, activeView: (typeof viewIds)[number], keyOverrides = noOverrides) =>
    wrongViewNotice(key, { mode: 'normal', sourceKind: 'live', keyOverrides, activeView });
  expect(noticeFor('b', 'live')).toEqual({ type: 'notify', text: 'b works in churn (2) only', tone: 'info' });
  expect(noticeFor('b', 'churn')).toBeUndefined();
  expect(noticeFor('tab', 'tree')).toMatchObject({ text: 'Tab works in live (1) only' });
  expect(noticeFor('+', 'live')).toMatchObject({ text: '+ works in tree (3) and timeline (4) only' });
  expect(noticeFor('x', 'live', new Map([['x', 'b']]))).toMatchObject({ text: 'x works in churn (2) only' });
  for (const key of ['q', 'p', '%', '']) expect(noticeFor(key, 'live')).toBeUndefined();
  expect(
    wrongViewNotice('b', {
      mode: 'filter',
      sourceKind: 'live',
      keyOverrides: noOverrides,
      activeView: 'live',
    }),
  ).toBeUndefined();
});

describe('a key label', () => {
  test.each([
    ['p', 'p'],
    ['G', 'G'],
    ['space', 'Space'],
    ['escape', 'Esc'],
    ['ctrl-c', '^C'],
    ['ctrl-l', '^L'],
    ['pagedown', 'PgDn'],
  ])('of %s is %s', (key, label) => {
    expect(keyLabel(key)).toBe(label);
  });

  test('is unique in every mode', () => {
    for (const [mode, sourceKind] of modes) {
      const keys = new Set(bindingsIn(mode, sourceKind).flatMap((binding) => binding.keys));
      const labels = [...keys].map(keyLabel);
      expect(labels).toEqual([...new Set(labels)]);
    }
  });
});

test('a trace from a pipe cannot be recorded and takes no notes', () => {
  expect(actionIn('normal', 'R', 'live')).toEqual({ type: 'record' });
  for (const key of ['R', 'e']) expect(actionIn('normal', key, 'pipe')).toBeUndefined();
  expect(actionIn('normal', 'p', 'pipe')).toEqual({ type: 'togglePause' });
});

describe('key overrides', () => {
  const overrides = new Map([
    ['x', 'p'],
    ['p', 'q'],
  ]);

  test('trigger the action of the replaced key, except in input lines', () => {
    expect(actionIn('normal', 'x', 'live', overrides)).toEqual({ type: 'togglePause' });
    expect(actionIn('normal', 'p', 'live', overrides)).toEqual({ type: 'quit' });
    expect(actionIn('filter', 'x', 'live', overrides)).toEqual({ type: 'typeFilter', text: 'x' });
  });

  test('are first in help and footer, and hide overridden keys', () => {
    const [pause] = bindings;
    expect(pause && keysOf(pause, overrides)).toEqual(['x', 'space']);
  });

  test('every bound key is a valid key name, other words are not', () => {
    for (const { keys } of bindings) for (const key of keys) expect(isKey(key), key).toBe(true);
    for (const word of ['constructor', 'pause', 'ctrl-', '']) expect(isKey(word), word).toBe(false);
  });
});
