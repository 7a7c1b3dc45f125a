import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces a file with a text, so that a reader never sees a part. @throws the file system's error */
export const replaceFile = (path: string, text: string): void => {
  // node_exporter reads every name that ends in `.prom`.
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o644 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
};
