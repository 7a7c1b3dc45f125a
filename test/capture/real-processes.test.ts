import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, copyFileSync, cpSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, onTestFinished, type TestContext, test } from 'vitest';
import { openLive } from '../../src/capture/live-source.ts';
import { compile, compilerObstacle, unshareObstacle } from '../support/harness/c-programs.ts';
import { program } from '../support/harness/pty.ts';
import { openRecordStream, waitFor } from '../support/harness/recording.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { sourceObstacle, sources } from '../support/installed/sources.ts';

const folder = createTempDir();
const children: ChildProcess[] = [];
const streams: ReturnType<typeof openRecordStream>[] = [];

const start = (file: string, args: string[] = []): ChildProcess => {
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  children.push(child);
  return child;
};
const stream = (command: readonly string[]) => {
  const opened = openRecordStream(command);
  streams.push(opened);
  return opened;
};
const end = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
};

afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
  await Promise.all(streams.splice(0).map((opened) => opened.end()));
});
afterAll(() => folder.remove());

const killIfAlive = (pid: number) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has exited.
  }
};

/** Skips the test where it cannot run, with the reason. */
const require = (context: TestContext, ...obstacles: (string | false | undefined)[]) => {
  const obstacle = obstacles.find(Boolean);
  if (obstacle) context.skip(obstacle as string);
};
const notRoot = process.getuid?.() !== 0 && 'only root can change the user';

const churntop = [process.execPath, program, '--ndjson', '--no-alerts'];
const asUser = (uid: number) => [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
/** A PID namespace over the /proc of the machine. */
const inside = ['unshare', '-p', '-f', '--kill-child'];

for (const [mode, source, wrap] of [
  ['kernel', 'kernel', []],
  ['cursor', 'proc', []],
  ['walk', 'proc', inside],
] as const)
  test(`${mode} mode follows the effective user, with and without an exec [fault:user-change]`, async (context) => {
    require(context, notRoot, compilerObstacle, sourceObstacle(source));
    require(context, mode === 'walk' && unshareObstacle('-p', '-f'));
    const changeUser = compile('change-user', folder.path);
    const { until, ready } = stream([...wrap, ...churntop, '--source', source]);
    await ready();
    const { pid: execed } = start('setpriv', [...asUser(33), 'sleep', '600']);
    const { pid: changed } = start(changeUser, ['44']);
    const first = await Promise.race([
      until('exec', { guest_pid: execed, guest_comm: 'sleep', guest_uid: 33 }),
      until('spawned', { guest_pid: execed, guest_comm: 'sleep', guest_uid: 33 }),
    ]);
    expect(first.guest_pid).toBe(execed);
    if (mode === 'kernel') {
      await until('user', { guest_pid: changed, guest_uid: 44, previous_uid: 0 });
      return;
    }
    // A late first sample sees the new user at once.
    await Promise.race([
      until('user', { guest_pid: changed, guest_uid: 44, previous_uid: 0 }),
      until('exec', { guest_pid: changed, guest_uid: 44 }),
      until('spawned', { guest_pid: changed, guest_uid: 44 }),
    ]);
  });

test.for(sources)(
  'an old process that changes its user without an exec, --source %s [fault:user-change]',
  async (source, context) => {
    require(context, notRoot, compilerObstacle, sourceObstacle(source));
    const { pid } = start(compile('change-user', folder.path), ['44', 'on SIGUSR1']);
    const { until } = stream([...churntop, '--source', source]);
    await until('spawned', { guest_pid: pid, guest_comm: 'change-user', guest_uid: 0, initial: true });
    process.kill(pid as number, 'SIGUSR1');
    await until('user', { guest_pid: pid, guest_uid: 44, previous_uid: 0 });
  },
);

test("daemons that the machine's PID 1 adopts are not taken for children [fault:own-children-namespace]", async (context) => {
  require(context, compilerObstacle, unshareObstacle('-p', '-f'));
  const daemons = compile('daemons', folder.path);
  const { until, ready } = stream([...inside, ...churntop]);
  await ready();
  const child = start(daemons, ['10']);
  for (let index = 0; index < 10; index++)
    await until('spawned', { guest_comm: `daemon${index}`, guest_ppid: 1 });
  child.stdin?.end();
});

test('header and check have the PID namespace of the proc root [fault:proc-facts-of-reader]', async (context) => {
  require(context, notRoot, unshareObstacle('-p', '-f'));
  const { header, ready } = stream([...inside, ...churntop]);
  await ready();
  const trace = await header();
  expect(trace).toMatchObject({ pid_ns: readlinkSync('/proc/self/ns/pid') });
  expect(trace).not.toHaveProperty('pid_max');
  const [unshare = '', ...options] = inside;
  const check = (command: string[]) =>
    execFileSync(
      command[0] as string,
      [...command.slice(1), process.execPath, program, 'check', '--proc', '/proc'],
      {
        encoding: 'utf8',
      },
    );
  expect(check([unshare, ...options])).toContain(trace.pid_ns);
});

test('a zombie waits for the parent that adopted it, and for the next one [fault:zombie-adopted]', async (context) => {
  require(context, compilerObstacle, unshareObstacle('-p', '-f', '--mount-proc'));
  const adopt = compile('adopt', folder.path);
  const fifo = join(folder.path, 'end');
  execFileSync('mkfifo', [fifo]);
  // churntop is PID 1 and reaps nothing.
  const line = `${adopt} < ${fifo} & exec "$0" "$@"`;
  const { until } = stream([...inside, '--mount-proc', 'sh', '-c', line, ...churntop]);
  const writer = openSync(fifo, 'r+');
  const subreap = await until('spawned', { guest_comm: 'subreap' });
  const waiting = await until('zombie', { guest_comm: 'orphan' });
  expect(waiting).toMatchObject({ guest_ppid: subreap.guest_pid, exit_code: 3 });
  closeSync(writer);
  await until('zombie', { guest_pid: waiting.guest_pid, guest_ppid: 1 });
});

test('a process whose main thread has exited is alive [fault:leader-exited]', async (context) => {
  require(context, compilerObstacle);
  const { pid } = start(compile('main-thread-ends', folder.path));
  await waitFor('the end of the main thread', () =>
    readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '),
  );
  expect(['S', 'R']).toContain(
    openLive()
      .readStates?.([pid as number])
      .get(pid as number),
  );
});

test.for(sources)(
  'hidepid=2: a process that runs a setuid program is not exited and spawned again, --source %s [fault:hidepid-setuid]',
  async (source, context) => {
    require(context, notRoot, compilerObstacle, unshareObstacle('-m'), sourceObstacle(source));
    const becomeRoot = compile('become-root', folder.path);
    const asRoot = join(folder.path, 'as-root');
    copyFileSync(becomeRoot, asRoot);
    chmodSync(asRoot, 0o4755);
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(part, join(folder.path, 'churntop', part), { recursive: true });
    if (source === 'kernel')
      cpSync('node_modules/@koromix', join(folder.path, 'churntop/node_modules/@koromix'), {
        recursive: true,
      });
    const line = `mount -t proc -o hidepid=2 proc /proc && exec setpriv ${asUser(65534).join(' ')} sh -c '"$0" "$1" > /dev/null & shift; exec "$@"' "$@"`;
    const watcher = [
      process.execPath,
      join(folder.path, 'churntop/bin/churntop.js'),
      '--ndjson',
      '--no-alerts',
      '--source',
      source,
    ];
    const { until, eventsOf } = stream([
      'unshare',
      '-m',
      'sh',
      '-c',
      line,
      'sh',
      becomeRoot,
      asRoot,
      ...watcher,
    ]);
    const { guest_pid: pid } = await until('spawned', { guest_comm: 'become-root' });
    onTestFinished(() => killIfAlive(pid));
    process.kill(pid, 'SIGUSR1');
    await waitFor('a process of root', () =>
      readFileSync(`/proc/${pid}/status`, 'utf8').includes('Uid:\t65534\t0\t'),
    );
    // Long enough for walks and rescans of a polling source to miss it.
    const { pid: other } = start('setpriv', [...asUser(65534), 'sleep', source === 'proc' ? '2.2' : '0.1']);
    await until('exited', { guest_pid: other });
    process.kill(pid, 'SIGUSR1');
    await until('exec', { guest_pid: pid, guest_comm: 'sleep', guest_uid: 65534 });
    process.kill(pid, 'SIGKILL');
    // churntop is its parent and does not reap it.
    await until('zombie', { guest_pid: pid });
    const sources = eventsOf(pid).map(({ probe_source }) => probe_source);
    expect(sources.filter((source) => source === 'process.spawned')).toHaveLength(1);
    expect(sources).not.toContain('process.exited');
  },
);
