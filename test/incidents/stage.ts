import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createTempDir } from '../support/harness/temp-dir.ts';

const maxSeconds = 60;

/** Processes of an incident that is being staged. */
export type Stage = {
  /** The ancestor of all of them. */
  pid: number;
  directory: string;
  /** Kills all of them, and deletes their directory. */
  end: () => Promise<void>;
};

/**
 * Runs a script of `test/incidents/stages` in a process group of its own. The script gets an empty directory as `$1`, for
 * programs and files. If the tests are killed, its processes end by themselves after a minute.
 */
export const openStage = async (script: string): Promise<Stage> => {
  const folder = createTempDir();
  // On the timeout, timeout(1) kills its whole process group.
  const child = spawn(
    'timeout',
    ['-s', 'KILL', String(maxSeconds), 'bash', resolve('test/incidents/stages', script), folder.path],
    { cwd: folder.path, detached: true, stdio: 'ignore' },
  );
  const exit = once(child, 'exit');
  await once(child, 'spawn');
  const pid = child.pid as number;
  return {
    pid,
    directory: folder.path,
    end: async () => {
      process.kill(-pid, 'SIGKILL');
      await exit;
      folder.remove();
    },
  };
};
