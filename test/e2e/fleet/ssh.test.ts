import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadPty, openChurntop, program, type Session } from '../../support/harness/pty.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { createSshLab, sshdObstacle } from '../../support/installed/sshd.ts';

const pty = await loadPty();

describe.skipIf(!pty)('churntop --ssh', () => {
  beforeEach((context) => {
    if (sshdObstacle) context.skip(sshdObstacle);
  });

  const folder = createTempDir();
  let lab: ReturnType<typeof createSshLab> | undefined;
  const bare = '/usr/sbin:/usr/bin:/sbin:/bin';
  beforeAll(async () => {
    if (sshdObstacle) return;
    lab = createSshLab(folder.path);
    const programs = join(folder.path, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'churntop'), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`, {
      mode: 0o755,
    });
    await Promise.all([
      lab.start('web1', { path: `${programs}:${bare}` }),
      lab.start('db1', { path: `${programs}:${bare}` }),
      lab.start('new1', { path: bare }),
      lab.start('greets', {
        path: `${programs}:${bare}`,
        forceCommand: '/bin/sh -c "echo Welcome; exec $SSH_ORIGINAL_COMMAND"',
      }),
    ]);
  });
  afterAll(() => {
    lab?.close();
    folder.remove();
  });

  const open = (...args: string[]): Session =>
    openChurntop(pty as NonNullable<typeof pty>, args, { env: lab?.env ?? {} });

  test('shows each host in a row, also one that cannot be reached or has no churntop', async () => {
    const session = open('--ssh', 'web1,db1,new1,nohost');
    await session.see(/● web1 +\d+/);
    await session.see(/● db1 +\d+/);
    await session.see(/✗ new1 .*no churntop there/);
    await session.see(/✗ nohost .*no connection/);
    session.type('q');
    expect(await session.exit).toMatchObject({ code: 0 });
  });
});
