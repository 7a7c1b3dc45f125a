import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

/** The reason why the C programs cannot be compiled here; undefined if they can. */
export const compilerObstacle = spawnSync('gcc', ['--version']).status === 0 ? undefined : 'gcc is missing';

/** Compiles `test/support/programs/NAME.c` into a folder. Returns the path of the program. */
export const compile = (name: string, folder: string, flags: readonly string[] = []): string => {
  const path = join(folder, basename(name));
  const source = resolve('test/support/programs', `${name}.c`);
  execFileSync('gcc', ['-O1', '-Wall', '-pthread', '-o', path, source, ...flags], { stdio: 'pipe' });
  // Some tests run it as another user.
  chmodSync(folder, 0o755);
  return path;
};

/** Returns why a command cannot be run under `unshare` with these options; undefined if it can. */
export const unshareObstacle = (...options: string[]): string | undefined => {
  const { status, stderr, error } = spawnSync('unshare', [...options, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `unshare is not permitted: ${error?.message ?? stderr.trim()}`;
};
