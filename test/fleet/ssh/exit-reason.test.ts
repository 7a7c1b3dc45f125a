import { expect, test } from 'vitest';
import { exitReason } from '../../../src/fleet/ssh/exit-reason.ts';

test.each([
  [127, '', 'no churntop there; install it, or use --push'],
  [127, 'sh: churntop: not found', 'no churntop there; install it, or use --push: sh: churntop: not found'],
  [127, 'bash: line 1: sudo: command not found', 'exit 127: bash: line 1: sudo: command not found'],
  [2, 'bash: -c: line 1: syntax error', 'exit 2: bash: -c: line 1: syntax error'],
  [255, 'ssh: connect to host web1 port 22: Connection refused', undefined],
  [1, 'sudo: a password is required', 'exit 1: sudo: a password is required'],
])('the reason of exit code %i with %j names the command that failed', (code, lastLine, reason) => {
  expect(exitReason({ code, signal: null, lastLine })).toBe(reason ?? lastLine);
});
