import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * Replaces the files of a folder by others, given by path. A program that starts from the folder meanwhile finds either the
 * old or the new files: new ones are written first, then renamed, and old ones are deleted last.
 */
export const replaceFiles = (folder: string, files: ReadonlyMap<string, string | Uint8Array>): void => {
  const paths = new Set(Array.from(files.keys(), (path) => normalize(path)));
  for (const [path, content] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, content);
  }
  for (const path of paths) renameSync(`${path}.new`, path);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const isNeeded = [...paths].some((needed) => needed === path || needed.startsWith(`${path}/`));
    if (!isNeeded) rmSync(path, { recursive: true, force: true });
  }
};
