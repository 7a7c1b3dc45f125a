import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/trace/format/codec.ts';
import { createTempDir, spawnNamed } from '../support/harness/temp-dir.ts';
import { loadPty, openPty } from '../support/harness/pty.ts';

const pty = await loadPty();
const folder = createTempDir();
afterAll(() => folder.remove());

test('examples/watch.js prints what comes and goes', async () => {
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
  test('examples/rates.js counts, pauses and ends', async () => {
    const session = openPty(pty as NonNullable<typeof pty>, process.execPath, ['examples/rates.js']);
    await session.see(/[1-9]\d* alive/);
    try {
      // Whatever comes: its five lines are for the newest, and others may be spawning, too.
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
