import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';

/** Returns why this user cannot start processes as other users. */
export const rootObstacle = (): string | undefined =>
  process.getuid?.() === 0 ? undefined : 'only root can change the user';

/** Returns why no cgroups can be made in the hierarchy whose paths churntop shows. */
export const writableCgroupsObstacle = (): string | undefined => {
  const { stdout } = spawnSync('bash', [resolve('test/incidents/stages/cgroup-root.sh')], {
    encoding: 'utf8',
  });
  const root = stdout.trim();
  if (root === '') return 'no cgroup hierarchy is mounted';
  try {
    accessSync(root, constants.W_OK);
    return undefined;
  } catch {
    return `${root} is not writable`;
  }
};
