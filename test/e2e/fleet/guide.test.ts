import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadPty, openPty, program } from '../../support/harness/pty.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { hasNatsServer } from '../../support/installed/nats-server.ts';
import { freePort } from '../../support/installed/sshd.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const pty = await loadPty();

/** Returns the first example of a section of the guide. */
const exampleOf = (section: string): string => {
  const guide = readFileSync('docs/guide/fleet.md', 'utf8');
  return /```sh\n(.*?)```/s.exec(guide.split(`## ${section}\n`)[1] ?? '')?.[1] ?? '';
};

test('the start in the guide shows this machine as a guest', async (context) => {
  if (!pty) return context.skip('no node-pty');
  if (!hasNatsServer) return context.skip('nats-server is missing');
  const port = await freePort();
  const example = exampleOf('Over NATS')
    .replaceAll('127.0.0.1:4222', `127.0.0.1:${port}`)
    .replaceAll('nats://127.0.0.1', `nats://127.0.0.1:${port}`)
    .replaceAll('/var/tmp/nats', join(folder.path, 'store'))
    // An operator is slower than the server.
    .replace(
      /^(nats-server .*&)$/m,
      `$1\nuntil (: < /dev/tcp/127.0.0.1/${port}) 2> /dev/null; do sleep 0.1; done`,
    );
  expect(example.match(/^churntop/gm)).toHaveLength(3);
  writeFileSync(join(folder.path, 'churntop'), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`, {
    mode: 0o755,
  });
  const script = `trap 'kill $(jobs -p); wait' EXIT\n${example}`;
  const session = openPty(pty, 'bash', ['-c', script], {
    cwd: folder.path,
    env: { PATH: `${folder.path}:${process.env.PATH}:/usr/sbin` },
  });
  await session.see(new RegExp(`● ${hostname().slice(0, 12)}.* +\\d+`));
  session.type('\r');
  await session.see('(1 of 1)');
  session.type('q');
  expect(await session.exit).toMatchObject({ code: 0 });
});
