import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * A file system in memory, or the directory of temporary files where there is none. Creating and
 * removing thousands of files on a disk takes seconds. Programs may not be executable here.
 */
export const memoryDir = isWritable('/dev/shm') ? '/dev/shm' : tmpdir();

/** Creates an empty directory. `remove` deletes it with its content. */
export const createTempDir = (parent = tmpdir()): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(parent, 'churntop-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
