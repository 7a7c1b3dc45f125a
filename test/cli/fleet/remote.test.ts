import { expect, test } from 'vitest';
import type { FlagValues } from '../../../src/cli/args/flags.ts';
import { openRemoteLink } from '../../../src/cli/fleet/remote.ts';

test.each([
  [{ ssh: ['@/dev/null/hosts'] }, [], '--ssh: @/dev/null/hosts: not a directory (ENOTDIR)'],
  [{ via: 'run {}' }, ['@/dev/null/hosts'], '--via: @/dev/null/hosts: not a directory (ENOTDIR)'],
  [{ ssh: ['web1', '-oProxyCommand=x'] }, [], '--ssh: invalid host "-oProxyCommand=x"'],
  [{ via: 'run' }, ['web1'], '--via: no {} in "run" (expected a command'],
  [{ via: 'run "{}' }, ['web1'], '--via: unclosed quote in "run "{}"'],
])('%j is refused with its flag and the value', async (flags, operands, message) => {
  await expect(openRemoteLink(flags as unknown as FlagValues, operands, [])).rejects.toThrow(message);
});
