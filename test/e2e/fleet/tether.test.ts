import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, expect, test } from 'vitest';
import { createFakeProc } from '../../support/fakes/fake-proc.ts';
import { program } from '../../support/harness/pty.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());
const proc = createFakeProc(folder.path);
/** More processes than fit into a pipe as records. */
proc.spawn(1_500, 'a-worker-process');

/** Starts a stream with a tether of one second. */
const startTethered = () => {
  const child = spawn(process.execPath, [program, '--ndjson', '--proc', proc.root, '--tether', '1s'], {
    stdio: 'pipe',
  });
  return { child, exited: once(child, 'exit') };
};

test('a stream with --tether ends in order when its input is closed', async () => {
  const { child, exited } = startTethered();
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child.stdout, 'data');
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
  expect(text).toMatch(/"trace\.end".*\n$/);
});

test('a stream with --tether continues while bytes arrive, and ends after a silence', async () => {
  const { child, exited } = startTethered();
  await once(child.stdout, 'data');
  child.stdout.resume();
  const beganMs = performance.now();
  let writes = 0;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      child.stdin.write('.');
      if (++writes < 8) return;
      clearInterval(timer);
      resolve();
    }, 200);
  });
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - beganMs).toBeGreaterThan(2_000);
});

test('a stream with --tether ends after a silence while nothing reads its output', async () => {
  const { child, exited } = startTethered();
  expect(await exited).toEqual([0, null]);
  expect(child.stdout.readableLength).toBeLessThan(1 << 17);
});
