import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ProcError } from '../../src/proc/errors.ts';
import { ExitCodeAccess } from '../../src/proc/exit-code-access.ts';
import { openProcReader, tryReadStat } from '../../src/proc/reader.ts';
import { isZombie } from '../../src/proc/stat.ts';

/** A proc root whose links can be read for these PIDs only. It counts the reads. */
const rootWith = (pids: readonly number[]) => {
  const reads: string[] = [];
  const readLink = (path: string) => {
    reads.push(path);
    if (!pids.includes(Number(path.split('/')[0])))
      throw new ProcError('cannot read', { path, code: 'EACCES' });
    return 'pid:[4026531836]';
  };
  return { readLink, reads };
};

test('an exit code can be read if the namespace link of the process can be', () => {
  const access = new ExitCodeAccess(rootWith([7]), 1000);
  expect(access.isReadable(7, 1000)).toBe(true);
  // The same user, but with more capabilities, or in another user namespace.
  expect(access.isReadable(8, 1000)).toBe(false);
});

test('processes of other users are read only if init can be read', () => {
  const user = rootWith([7, 8]);
  const access = new ExitCodeAccess(user, 1000);
  expect(access.isReadable(8, 33)).toBe(false);
  expect(access.isReadable(8, undefined)).toBe(false);
  expect(user.reads).toEqual(['1/ns/pid']);
  const privileged = new ExitCodeAccess(rootWith([1, 7]), 1000);
  expect([privileged.isReadable(7, 33), privileged.isReadable(8, 33)]).toEqual([true, false]);
});

test('the kernel lets this user read the exit code of its own zombie', async () => {
  // `sleep` does not reap the child that it inherits from the shell.
  const parent = spawn('sh', ['-c', 'sh -c "sleep 0.3; exit 0" & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(line).trim());
    const proc = openProcReader();
    const isWaiting = () => {
      const stat = tryReadStat(proc, pid);
      return stat !== undefined && isZombie(stat);
    };
    await expect.poll(isWaiting, { timeout: 10_000 }).toBe(true);
    expect(tryReadStat(proc, pid)?.exitCode).toBe(0);
    expect(new ExitCodeAccess(proc).isReadable(pid, proc.readUid(pid))).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});
