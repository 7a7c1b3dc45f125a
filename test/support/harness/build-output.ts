import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };

const notInClone = ['node_modules', 'dist', 'build', '.git', 'demo.gif'];

/**
 * Packs a copy of the project, as a fresh clone would. The folder must be on the file system of node_modules, because its
 * files are hard-linked. Returns the path of the package.
 */
export const packCopy = (folder: string): string => {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync('.').filter((name) => !notInClone.includes(name)))
    cpSync(entry, join(folder, entry), { recursive: true });
  execFileSync('cp', ['-al', 'node_modules', join(folder, 'node_modules')]);
  execFileSync('npm', ['run', '--silent', 'pack'], { cwd: folder, stdio: 'pipe' });
  return join(folder, 'build', `churntop-${manifest.version}.tgz`);
};

/** Builds the executable of this machine's processor, with its checksum and licenses, in a folder. */
export const buildExecutable = (folder: string): void => {
  execFileSync(process.execPath, ['scripts/sea/main.ts', '--plain', '--to', folder], { stdio: 'pipe' });
};
