import { expect, test } from 'vitest';
import { containsTest } from '../../src/util/smart-case.ts';

test('lower case matches upper case, upper case only itself', () => {
  expect(containsTest('work')('Worker')).toBe(true);
  expect(containsTest('Work')('Worker')).toBe(true);
  expect(containsTest('Work')('worker')).toBe(false);
});
