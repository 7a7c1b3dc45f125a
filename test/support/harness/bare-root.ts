import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Returns the paths of the shared libraries of an executable, including the loader. */
const sharedLibrariesOf = (executable: string): string[] =>
  execFileSync('ldd', [executable], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /(\/\S+) \(0x/.exec(line)?.[1])
    .filter((path) => path !== undefined);

/** Creates a root directory with the executable as /churntop, its libraries, and an empty /proc and /tmp. */
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

/** Returns the command that runs churntop in the root. /proc is mounted in a namespace of the command. */
export const commandInRoot = (root: string, args: readonly string[]): [string, string[]] => [
  'unshare',
  ['--mount', 'sh', '-c', 'mount -t proc proc "$0/proc" && exec chroot "$0" /churntop "$@"', root, ...args],
];

/** Returns why chroot is not available here; undefined if it is. */
export const whyNoChroot = (): string | undefined => {
  try {
    execFileSync('unshare', ['--mount', 'chroot', '/', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error).trim();
  }
};
