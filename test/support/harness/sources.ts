import { beforeEach, describe } from 'vitest';
import { checkKernelEvents } from '../../../src/capture/kernel-check.ts';

/** The sources of `--source`. */
export type Source = 'kernel' | 'proc';

const { available, reason } = await checkKernelEvents('/proc');

/** Why this machine has no kernel events; undefined if it has them. */
export const kernelObstacle = available ? undefined : `no kernel events: ${reason}`;

/** Why a source is not available here; undefined if it is. */
export const sourceObstacle = (source: Source): string | undefined =>
  source === 'kernel' ? kernelObstacle : undefined;

/** Defines the same tests for each source. They are skipped, with the reason, where a source is not available. */
export const describeSources = (name: string, define: (source: Source) => void): void =>
  describe.each<Source>(['kernel', 'proc'])(`${name}, --source %s`, (source) => {
    beforeEach((context) => {
      const obstacle = sourceObstacle(source);
      if (obstacle) context.skip(obstacle);
    });
    define(source);
  });

/** A command that runs another as a user without privileges; none if this user has none already. */
export const asNobody: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
