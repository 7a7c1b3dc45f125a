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

test('a stream with --tether ends a second after the last byte, and not before', async () => {
  const { child, exited } = startTethered();
  await once(child.stdout, 'data');
  child.stdout.resume();
  // The pipe is closed once the stream has ended.
  child.stdin.on('error', () => {});
  let writes = 0;
  let lastMs = 0;
  const timer = setInterval(() => {
    if (writes++ === 8) clearInterval(timer);
    else if (child.exitCode === null && child.stdin.write('.')) lastMs = performance.now();
  }, 200);
  expect(await exited).toEqual([0, null]);
  clearInterval(timer);
  expect(performance.now() - lastMs).toBeGreaterThan(990);
});

test('a stream with --tether ends after a silence while nothing reads its output [fault:ssh-line-dead]', async () => {
  const { child, exited } = startTethered();
  expect(await exited).toEqual([0, null]);
  expect(child.stdout.readableLength).toBeLessThan(1 << 17);
});
