import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadPty, openChurntop, program, type Session } from '../../support/harness/pty.ts';
import { waitFor } from '../../support/harness/recording.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { createSshLab, type SshGuest, sshdObstacle } from '../../support/installed/sshd.ts';

const pty = await loadPty();

describe.skipIf(!pty)('churntop --ssh', () => {
  beforeEach((context) => {
    if (sshdObstacle) context.skip(sshdObstacle);
  });

  const folder = createTempDir();
  let web1: SshGuest | undefined;
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
    const greeting = join(programs, 'greet');
    writeFileSync(greeting, '#!/bin/sh\necho Welcome; eval "$SSH_ORIGINAL_COMMAND"\n', { mode: 0o755 });
    const path = `${programs}:${bare}`;
    [web1] = await Promise.all([
      lab.start('web1', { path }),
      lab.start('greets', { path, forceCommand: greeting }),
      lab.start('bare', { path: bare }),
      lab.start('node', { path: `${dirname(process.execPath)}:${bare}` }),
    ]);
  });
  afterAll(() => {
    lab?.close();
    folder.remove();
  });

  /** Returns the processes that run at the guests, other than sshd. */
  const farEnds = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`).includes(`HOME=${folder.path}/home-`);
      } catch {
        return false;
      }
    });

  const open = (...args: string[]): Session =>
    openChurntop(pty as NonNullable<typeof pty>, args, { env: lab?.env ?? {} });

  test('shows each host in a row, also one that cannot be reached, greets, or has no churntop', async () => {
    const session = open('--ssh', 'web1,greets,bare,nohost');
    await session.see(/● web1 +\d+/);
    await session.see(/● greets +\d+/);
    await session.see(/× bare .*no churntop there/);
    await session.see(/× nohost .*nohost/);
    web1?.kill();
    await session.see(/↻ web1/);
    session.type('q');
    expect(await session.exit).toMatchObject({ code: 0 });
  });

  test('sends the program with --push and the flags of guests, and shows the processes of a host', async () => {
    const session = open('--ssh', 'node', '--push', '--alert', 'alive>1', '--cpu-limit', '2%');
    await session.see(/sshd: root@notty/);
    await session.see(/live processes: \d+ \(> 1\)/);
    session.type('q');
    expect(await session.exit).toMatchObject({ code: 0 });
    const cache = join(folder.path, 'home-node', '.cache', 'churntop');
    expect(readdirSync(cache, { recursive: true })).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}$/),
      expect.stringMatching(/^[0-9a-f]{16}\/churntop\.mjs$/),
    ]);
  });

  test('leaves nothing at the far ends when it is killed [fault:viewer-killed]', async () => {
    const session = open('--ssh', 'greets,node', '--push');
    await session.see(/● greets +\d+/);
    await session.see(/● node +\d+/);
    expect(farEnds().length).toBeGreaterThanOrEqual(2);
    session.kill('SIGKILL');
    await session.exit;
    await waitFor('the ends of the far ends', () => farEnds().length === 0);
  });

  test('runs a command for each guest with --via', async () => {
    const env = { ...lab?.env, PATH: `${join(folder.path, 'programs')}:${process.env.PATH}` };
    const session = openChurntop(pty as NonNullable<typeof pty>, ['--via', 'env GUEST={}', 'one', 'two'], {
      env,
    });
    await session.see(/● one +\d+/);
    await session.see(/● two +\d+/);
    session.type('\r');
    await session.see(/\(\d of 2\)/);
    session.type('O');
    await session.see('only a recording can be replayed');
    session.type('q');
    expect(await session.exit).toMatchObject({ code: 0 });
  });
});
