import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockPath } from '../../../src/trace/record/path-lock.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

test('lockPath reports the owner when the file is locked by any path to its directory', async () => {
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

test('lockPath fails with the errno when the directory does not exist', async () => {
  const path = join(folder.path, 'nowhere', 'trace');
  await expect(lockPath(path, 1)).rejects.toMatchObject({
    details: { reason: 'failed', path, code: 'ENOENT' },
  });
});
