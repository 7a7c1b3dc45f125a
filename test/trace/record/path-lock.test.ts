import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockPath } from '../../../src/trace/record/path-lock.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

test('one holder a name, whatever way leads to its folder; others are told who holds it', async () => {
  mkdirSync(join(folder.path, 'real'));
  symlinkSync(join(folder.path, 'real'), join(folder.path, 'link'));
  const path = join(folder.path, 'real', 'trace');
  const lock = await lockPath(path, 4242);
  const busy = { details: { reason: 'busy', pid: 4242 } };
  await expect(lockPath(path, 1)).rejects.toMatchObject(busy);
  await expect(lockPath(join(folder.path, 'link', 'trace'), 1)).rejects.toMatchObject(busy);
  const other = await lockPath(join(folder.path, 'trace'), 1);
  await lock.release();
  const again = await lockPath(path, 2);
  await Promise.all([other.release(), again.release()]);
});

test('a folder that is not there is a refusal with its errno', async () => {
  const path = join(folder.path, 'nowhere', 'trace');
  await expect(lockPath(path, 1)).rejects.toMatchObject({
    details: { reason: 'failed', path, code: 'ENOENT' },
  });
});
