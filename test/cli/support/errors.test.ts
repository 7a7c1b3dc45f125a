import { expect, test } from 'vitest';
import { describeError } from '../../../src/cli/support/errors.ts';

const errno = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: text of Node`), { code, ...more });

test.each([
  [errno('ENOENT'), 'no such file or directory (ENOENT)'],
  [errno('ELOOP'), 'symbolic links are not followed (ELOOP)'],
  [errno('EWEIRD'), 'EWEIRD'],
  [errno('UNKNOWN', { errno: -122 }), 'disk quota exceeded (EDQUOT)'],
  [errno('UNKNOWN', { errno: -999 }), 'UNKNOWN'],
  [new Error('no code at all'), 'no code at all'],
])('describeError describes %o', (error, text) => {
  expect(describeError(error)).toBe(text);
});
