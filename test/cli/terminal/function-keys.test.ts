import { expect, test } from 'vitest';
import { withFunctionKey } from '../../../src/cli/terminal/function-keys.ts';
import { functionKeyNumber } from '../../../src/util/function-keys.ts';

test.each([
  ['xterm', '\x1bOP', 1],
  ['VT220', '\x1b[13~', 3],
  ['the Linux console', '\x1b[[E', 5],
  ['all terminals', '\x1b[17~', 6],
  ['all terminals', '\x1b[21~', 10],
])('the sequence of %s becomes the character of the key', (_, sequence, number) => {
  const character = Buffer.from(withFunctionKey(sequence), 'latin1').toString();
  expect(functionKeyNumber(character)).toBe(number);
});

test('other input is passed on unchanged', () => {
  for (const input of ['j', '\x1b[A', '\x1b[5~', '\x1bOA', '']) expect(withFunctionKey(input)).toBe(input);
});
