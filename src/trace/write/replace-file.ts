import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file with a text, so that a reader never sees a part. A symbolic link at its temporary name is not followed.
 * @throws the file system's error
 */
export const replaceFile = (path: string, text: string, mode: number): void => {
  // node_exporter reads every name that ends in `.prom`.
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { mode, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
};
