import { expect, test } from 'vitest';
import { functionKeyCharacter, functionKeyNumber } from '../../src/util/function-keys.ts';

test('each function key has a character of its own', () => {
  for (let number = 1; number <= 12; number++)
    expect(functionKeyNumber(functionKeyCharacter(number))).toBe(number);
});

test('other characters are no function keys', () => {
  for (const character of ['a', '', '\uf703', '\uf710', '\u{1f600}'])
    expect(functionKeyNumber(character)).toBeUndefined();
});
