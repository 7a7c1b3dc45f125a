import { expect, test } from 'vitest';
import { foreignKeyNotice } from '../../../src/store/keys/foreign-keys.ts';
import { actionFor } from '../../../src/store/keys/keymap.ts';

const context = {
  mode: 'normal',
  sourceKind: 'live',
  keyOverrides: new Map<string, string>(),
  activeView: 'live',
} as const;

test.each([
  ['f9', 'F9: churntop sends no signals; y copies the PID'],
  ['t', 't: tree: 3 or F5'],
  ['P', 'P: sort: o lists the columns'],
  ['H', 'H: threads are not listed, only processes'],
])('%s of another tool shows what to do here', (key, text) => {
  expect(actionFor(key, context)).toBeUndefined();
  expect(foreignKeyNotice(key, context)).toEqual({ type: 'notify', text, tone: 'info' });
});

test('a user-defined key shows the hint of the key that it replaces', () => {
  const keyOverrides = new Map([['%', 'f9']]);
  expect(foreignKeyNotice('%', { ...context, keyOverrides })).toMatchObject({
    text: expect.stringContaining('signals'),
  });
});

test('other keys and other modes show no hint', () => {
  expect(foreignKeyNotice('%', context)).toBeUndefined();
  expect(foreignKeyNotice('t', { ...context, mode: 'filter' })).toBeUndefined();
  expect(foreignKeyNotice('t', { ...context, mode: 'help' })).toBeUndefined();
});
