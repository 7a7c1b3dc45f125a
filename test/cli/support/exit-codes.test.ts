import { describe, expect, test } from 'vitest';
import { SourceError } from '../../../src/capture/core/source.ts';
import { CliError, UsageError } from '../../../src/cli/support/errors.ts';
import { exitCodes, toExitError } from '../../../src/cli/support/exit-codes.ts';
import { ProcError } from '../../../src/proc/errors.ts';

const errno = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: text of Node`), { code, ...more });
const { failure, usage, proc } = exitCodes;

test.each<[unknown, string, number]>([
  [new UsageError('unknown flag --x'), 'unknown flag --x; see churntop --help', usage.code],
  [new CliError('no terminal'), 'no terminal', failure.code],
  [new ProcError('no process listed', { path: '/proc' }), '/proc: no process listed', proc.code],
  [
    new ProcError('cannot list', { path: '/p', code: 'EACCES' }),
    '/p: cannot list: permission denied (EACCES)',
    proc.code,
  ],
  [new ProcError('cannot list', { path: '/p', code: 'EWEIRD' }), '/p: cannot list: EWEIRD', proc.code],
  [
    new SourceError('process events exist only in the first PID namespace'),
    '--source: kernel events are not available: process events exist only in the first PID namespace (--source auto polls /proc instead)',
    proc.code,
  ],
  [errno('ENOSPC', { syscall: 'write' }), 'cannot write: no space left on the device (ENOSPC)', failure.code],
  [
    errno('UNKNOWN', { errno: -122, syscall: 'write' }),
    'cannot write: disk quota exceeded (EDQUOT)',
    failure.code,
  ],
  [errno('EWEIRD', { syscall: 'read' }), 'cannot read: EWEIRD', failure.code],
  [new TypeError('x is not a function'), 'unexpected error: x is not a function', failure.code],
  ['a text', 'unexpected error: a text', failure.code],
  [42, 'unexpected error: 42', failure.code],
  [undefined, 'unexpected error: undefined', failure.code],
  [null, 'unexpected error: null', failure.code],
])('toExitError describes %o', (error, message, code) => {
  expect(toExitError(error)).toEqual({ message, code });
});

describe('exit codes', () => {
  test('are distinct, below 64, and have a description', () => {
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)]);
    expect(exitCodes.ok.code).toBe(0);
    for (const { code, when } of Object.values(exitCodes)) {
      expect(code).toBeLessThan(64);
      expect(when).not.toBe('');
    }
  });
});
