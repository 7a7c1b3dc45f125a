import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const stat = (pid: number, comm: string) =>
  `${pid} (${comm}) S 1 ${'0 '.repeat(17)}${pid} ${'0 '.repeat(29)}0`;

/** A proc root of text files: churn as fast as files can be made, and nobody else's in it. */
export const createFakeProc = (folder: string) => {
  const root = join(folder, 'proc');
  let next = 1000;
  let living: number[] = [];
  const put = (pid: number, comm: string, args: readonly string[] = []) => {
    const unborn = join(root, 'unborn');
    mkdirSync(unborn, { recursive: true });
    writeFileSync(join(unborn, 'stat'), stat(pid, comm));
    if (args.length > 0) writeFileSync(join(unborn, 'cmdline'), args.map((arg) => `${arg}\0`).join(''));
    renameSync(unborn, join(root, String(pid)));
  };
  put(1, 'init');
  return {
    root,
    /** So many processes come. */
    spawn(count: number, comm = 'worker', args: readonly string[] = []): number[] {
      const pids = Array.from({ length: count }, () => next++);
      for (const pid of pids) put(pid, comm, args);
      living.push(...pids);
      return pids;
    },
    /** All that came go. */
    clear(): void {
      for (const pid of living) {
        renameSync(join(root, String(pid)), join(root, 'gone'));
        rmSync(join(root, 'gone'), { recursive: true });
      }
      living = [];
    },
  };
};
