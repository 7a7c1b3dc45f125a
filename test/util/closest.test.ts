import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closestWord } from '../../src/util/closest.ts';

const commands = ['record', 'report', 'check', 'export', 'view'];

test.each([
  ['reprot', 'report'],
  ['reports', 'report'],
  ['chekc', 'check'],
  ['vew', 'view'],
  ['VIEW', 'view'],
  ['rec', 'record'],
  ['exp', 'export'],
  ['recrod', 'record'],
  ['nginx', undefined],
  ['v', undefined],
  ['', undefined],
  ['x'.repeat(1e6), undefined],
])('closestWord finds %j: %j', (word, found) => {
  expect(closestWord(word, commands)).toBe(found);
});

test('closestWord returns a known word, and finds each by itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (word) => {
      const found = closestWord(word, commands);
      if (found !== undefined) expect(commands).toContain(found);
    }),
  );
  for (const command of commands) expect(closestWord(command, commands)).toBe(command);
});
