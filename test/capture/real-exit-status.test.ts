import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadLibc } from '../../src/native/load-libc.ts';
import { PidfdInfo } from '../../src/native/pidfd-info.ts';
import { compile, compilerObstacle, unshareObstacle } from '../support/harness/c-programs.ts';
import { program } from '../support/harness/pty.ts';
import { openRecordStream } from '../support/harness/recording.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const isSupported = new PidfdInfo(loadLibc()).isSupported(process.pid);
const isRoot = process.getuid?.() === 0;
/** There are no kernel events in another network namespace. */
const elsewhere = isRoot ? ['-n'] : ['-r', '-n'];
const obstacle = isSupported ? unshareObstacle(...elsewhere) : 'needs Linux 6.16';
const needed = obstacle === undefined ? '' : ` (skipped: ${obstacle})`;
const folder = createTempDir();
const copy = join(folder.path, 'churntop');
let stream: ReturnType<typeof openRecordStream> | undefined;

beforeAll(() => {
  // Another user may not be able to open the folder of the project.
  for (const part of ['bin', 'dist', 'package.json', 'node_modules/@koromix'])
    cpSync(part, join(copy, part), { recursive: true });
  if (compilerObstacle === undefined) compile('main-thread-ends', folder.path);
});
afterEach(() => stream?.end());
afterAll(() => folder.remove());

/** Starts churntop, which falls back to polling /proc, as a user without privileges, if this user is root. */
const start = async () => {
  const asNobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  const churntop = [process.execPath, join(copy, 'bin/churntop.js'), '--ndjson'];
  stream = openRecordStream(['unshare', ...elsewhere, ...asNobody, ...churntop]);
  await stream.ready();
  return stream;
};

/** Runs a command of another user that is alive until its spawn is reported. Returns its exit record. */
const exitOf = async (file: string, args: readonly string[], signal?: NodeJS.Signals) => {
  if (!stream) throw new Error('not started');
  const { until } = stream;
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  await until('spawned', { guest_pid: child.pid });
  // Long enough for the pidfd, which is opened right after the sample.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const exited = once(child, 'exit');
  if (signal) child.kill(signal);
  else child.stdin.end();
  await exited;
  return until('exited', { guest_pid: child.pid });
};

test.skipIf(obstacle !== undefined)(
  `exit records have the status of other users' processes${needed}`,
  async () => {
    await start();
    expect(await exitOf('sh', ['-c', 'read x; exit 0'])).toMatchObject({ exit_code: 0 });
    expect(await exitOf('sh', ['-c', 'read x; exit 7'])).toMatchObject({ exit_code: 7 });
    expect(await exitOf('sh', ['-c', 'read x'], 'SIGKILL')).toMatchObject({ exit_signal: 9 });
  },
);

test.skipIf(obstacle !== undefined || compilerObstacle !== undefined)(
  `a process has the status of its last thread when its main thread exits first${needed}`,
  async () => {
    await start();
    const record = await exitOf(join(folder.path, 'main-thread-ends'), [], 'SIGTERM');
    expect(record).toMatchObject({ exit_signal: 15 });
    expect(record).not.toHaveProperty('exit_code');
  },
);

test.skipIf(obstacle !== undefined)(`exits are recorded when koffi is not installed${needed}`, async () => {
  rmSync(join(copy, 'node_modules'), { recursive: true });
  await start();
  expect(await exitOf('sh', ['-c', 'read x; exit 0'])).toMatchObject({ guest_comm: 'sh' });
});

test('--source proc loads no native code', async () => {
  const churntop = spawn(process.execPath, [program, '--source', 'proc', '--ndjson'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(churntop, 'exit');
  await once(churntop.stdout, 'data');
  const maps = readFileSync(`/proc/${churntop.pid}/maps`, 'utf8');
  churntop.kill('SIGTERM');
  await exited;
  expect(maps).toContain('node');
  expect(maps).not.toContain('koffi');
});
