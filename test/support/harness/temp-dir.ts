import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates an empty directory. `remove` deletes it with its content. */
export const createTempDir = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'churntop-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
