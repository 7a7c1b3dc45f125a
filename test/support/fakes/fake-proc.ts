import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const stat = (pid: number, comm: string) =>
  `${pid} (${comm}) S 1 ${'0 '.repeat(17)}${pid} ${'0 '.repeat(29)}0`;

/** Creates a proc root of text files in a folder, without processes of the machine in it. */
export const createFakeProc = (folder: string) => {
  const root = join(folder, 'proc');
  let nextPid = 1000;
  let live: number[] = [];
  const put = (pid: number, comm: string, args: readonly string[] = []) => {
    const temporary = join(root, '.new');
    mkdirSync(temporary, { recursive: true });
    writeFileSync(join(temporary, 'stat'), stat(pid, comm));
    if (args.length > 0) writeFileSync(join(temporary, 'cmdline'), args.map((arg) => `${arg}\0`).join(''));
    renameSync(temporary, join(root, String(pid)));
  };
  put(1, 'init');
  return {
    root,
    /** Spawns `count` processes. Returns their PIDs. */
    spawn(count: number, comm = 'worker', args: readonly string[] = []): number[] {
      const pids = Array.from({ length: count }, () => nextPid++);
      for (const pid of pids) put(pid, comm, args);
      live.push(...pids);
      return pids;
    },
    /** Lets all spawned processes exit. */
    clear(): void {
      for (const pid of live) {
        renameSync(join(root, String(pid)), join(root, '.old'));
        rmSync(join(root, '.old'), { recursive: true });
      }
      live = [];
    },
  };
};
