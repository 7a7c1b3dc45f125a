import { spawnSync } from 'node:child_process';
import { beforeEach, describe } from 'vitest';
import { checkKernelEvents } from '../../../src/capture/kernel-check.ts';
import { program } from '../harness/pty.ts';

/** The sources of `--source`. */
export type Source = 'kernel' | 'proc';
export const sources: readonly Source[] = ['kernel', 'proc'];

const { available, reason } = await checkKernelEvents('/proc');

/** Why this machine has no kernel events; undefined if it has them. */
export const kernelObstacle = available ? undefined : `no kernel events: ${reason}`;

/** Why a source is not available here; undefined if it is. */
export const sourceObstacle = (source: Source): string | undefined =>
  source === 'kernel' ? kernelObstacle : undefined;

/** Defines the same tests for each source. They are skipped, with the reason, where a source is not available. */
export const describeSources = (name: string, define: (source: Source) => void): void =>
  describe.each(sources)(`${name}, --source %s`, (source) => {
    beforeEach((context) => {
      const obstacle = sourceObstacle(source);
      if (obstacle) context.skip(obstacle);
    });
    define(source);
  });

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const canRead = () => {
  const [file = '', ...options] = nobody;
  const test = ['test', '-x', process.execPath, '-a', '-r', program];
  return spawnSync(file, [...options, ...test]).status === 0;
};

/**
 * A command that runs another as a user without privileges. Empty if this user has none already, or if such a user cannot
 * read the program.
 */
export const asNobody: readonly string[] = process.getuid?.() === 0 && canRead() ? nobody : [];
