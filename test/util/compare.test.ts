import { expect, test } from 'vitest';
import { compareValues } from '../../src/util/compare.ts';

test('values are compared in ascending order, beyond the precision of numbers', () => {
  const large = 2n ** 60n;
  expect([large + 1n, 3n, large, -1n].toSorted(compareValues)).toEqual([-1n, 3n, large, large + 1n]);
  expect(['b', 'a', ''].toSorted(compareValues)).toEqual(['', 'a', 'b']);
  expect(compareValues('a', 'a')).toBe(0);
});
