import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What ld.so would load for it: absolute paths on this machine, the loader itself among them. */
const sharedLibrariesOf = (executable: string): string[] =>
  execFileSync('ldd', [executable], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /(\/\S+) \(0x/.exec(line)?.[1])
    .filter((path) => path !== undefined);

/** A root with nothing in it but the libraries of the executable, an empty /proc and /tmp, and itself as /churntop. */
export const createBareRoot = (executable: string, root: string) => {
  const libraries = sharedLibrariesOf(executable);
  for (const path of libraries) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
  for (const folder of ['proc', 'tmp']) mkdirSync(join(root, folder));
  copyFileSync(executable, join(root, 'churntop'));
  return { libraries: libraries.map((path) => basename(path)).sort() };
};

/** /proc is mounted for the command alone: nothing stays mounted, however it ends. The process becomes churntop. */
export const commandInRoot = (root: string, args: readonly string[]): [string, string[]] => [
  'unshare',
  ['--mount', 'sh', '-c', 'mount -t proc proc "$0/proc" && exec chroot "$0" /churntop "$@"', root, ...args],
];

/** Why it cannot be done here, or undefined where it can. */
export const whyNoChroot = (): string | undefined => {
  try {
    execFileSync('unshare', ['--mount', 'chroot', '/', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error).trim();
  }
};
