import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/trace/format/decode.ts';
import { spawnNamed } from '../support/harness/named-process.ts';
import { loadPty, openPty } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const pty = await loadPty();
const folder = createTempDir();
afterAll(() => folder.remove());

test('examples/watch.js prints spawns and exits', async () => {
  const script = spawn(process.execPath, ['examples/watch.js'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const churn = spawn('sh', ['-c', 'while :; do sleep 1.5; done'], { stdio: 'ignore' });
  for await (const line of createInterface({ input: script.stdout })) {
    expect(decode(line)?.record.probe_source).toMatch(/^process\./);
    if (line.includes('"process.exited"') && line.includes('"sleep"')) break;
  }
  churn.kill('SIGKILL');
  script.kill('SIGKILL');
});

describe.skipIf(!pty)('in a real terminal', () => {
  test('examples/rates.js counts, pauses and quits', async () => {
    const session = openPty(pty as NonNullable<typeof pty>, process.execPath, ['examples/rates.js']);
    await session.see(/[1-9]\d* alive/);
    try {
      // Any event: it shows the newest five, and other processes may spawn, too.
      const child = await spawnNamed(folder.path);
      await session.see(/process\.(spawned|exec) \S/);
      session.type('p');
      await session.see(', paused');
      await child.end();
      session.type('q');
      expect(await session.exit).toMatchObject({ code: 0 });
    } finally {
      session.kill('SIGKILL');
    }
  });
});
