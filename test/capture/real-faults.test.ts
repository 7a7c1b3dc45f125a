import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { GapRecord } from '../../src/domain/events/event.ts';
import type { SourceStatus } from '../../src/domain/source/event-source.ts';
import { bundle } from '../support/harness/bundle.ts';

type Outcome = {
  status: SourceStatus;
  gaps: GapRecord[];
  spawned: number[];
  exited: number[];
  error?: string;
};

let script = '';
beforeAll(async () => {
  script = await bundle(fileURLToPath(new URL('../support/programs/live-capture.ts', import.meta.url)));
  chmodSync(dirname(script), 0o755);
});

/** Runs the script by a shell line (`$NODE $SCRIPT`), lets `during` happen once it watches, and reads the outcome. */
const watch = async (line: string, during: (child: ChildProcess) => Promise<void> = async () => {}) => {
  const child = spawn('unshare', ['-m', 'sh', '-c', line], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE: process.execPath, SCRIPT: script, HERE: dirname(script) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  await during(child);
  child.stdin.end();
  const { value } = await lines.next();
  return JSON.parse(value as string) as Outcome;
};

const mountable = (): string | undefined => {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `unshare is not permitted: ${(error as { stderr?: Buffer }).stderr?.toString().trim()}`;
  }
};

const asNobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups';

test('a /proc of processes alone (subset=pid) is walked [fault:proc-subset]', async (context) => {
  const why = mountable();
  if (why) context.skip(why);
  const { status, spawned } = await watch(
    'mkdir $HERE/pids && mount -t proc -o subset=pid proc $HERE/pids && exec $NODE $SCRIPT $HERE/pids',
  );
  expect(status).toMatchObject({ mode: 'walk', why: expect.stringContaining('no loadavg') });
  expect(status).not.toHaveProperty('unseen');
  expect(spawned).toContain(1);
});

test('the mount of another PID namespace is walked [fault:proc-other-namespace]', async (context) => {
  const why = mountable();
  if (why) context.skip(why);
  const { status } = await watch('unshare -p -f $NODE $SCRIPT /proc');
  expect(status).toMatchObject({ mode: 'walk', why: expect.stringMatching(/namespace|itself/) });
});

test('hidepid=2: what others start is unseen, and it says so [fault:hidepid-2]', async (context) => {
  const why = mountable();
  if (why) context.skip(why);
  const { status, exited } = await watch(
    `mount -t proc -o hidepid=2 proc /proc && exec ${asNobody} $NODE $SCRIPT`,
    async () => {
      for (let count = 0; count < 20; count++) execFileSync('true');
      await pass(1500);
    },
  );
  expect(status).toMatchObject({ mode: 'cursor', othersInvisible: true });
  expect(Number(status.missedTasks)).toBeGreaterThanOrEqual(20);
  expect(exited).not.toContain(1);
});

test('hidepid=1: the processes of others are hidden, not gone [fault:hidepid-1]', async (context) => {
  const why = mountable();
  if (why) context.skip(why);
  const { status, spawned, exited } = await watch(
    `mount -t proc -o hidepid=1 proc /proc && exec ${asNobody} $NODE $SCRIPT`,
  );
  expect(status).toMatchObject({ mode: 'cursor', othersInvisible: false });
  expect(status.hiddenProcesses).toBeGreaterThan(1);
  expect(spawned).toContain(1);
  expect(exited).not.toContain(1);
});

test('SIGSTOP and SIGCONT make one stalled gap as long as it took [fault:sigstop]', async () => {
  const { gaps } = await watch('exec $NODE $SCRIPT', async (child) => {
    await pass(300);
    child.kill('SIGSTOP');
    await pass(700);
    child.kill('SIGCONT');
    await pass(300);
  });
  const long = gaps.filter(
    ({ reason, from_monotonic_ns, to_monotonic_ns }) =>
      reason === 'stalled' && BigInt(to_monotonic_ns) - BigInt(from_monotonic_ns) > 500_000_000n,
  );
  expect(long).toHaveLength(1);
});

test('with hardly a descriptor to spare nobody exits who lives [fault:emfile]', async () => {
  const children: ChildProcess[] = [];
  const { spawned, exited, error } = await watch('ulimit -n 40; exec $NODE $SCRIPT', async () => {
    for (let count = 0; count < 60; count++) children.push(spawn('sleep', ['30']));
    await pass(1500);
  });
  const pids = children.map(({ pid }) => pid as number);
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => once(child, 'exit')));
  expect(error).toBeUndefined();
  expect(spawned).toEqual(expect.arrayContaining(pids));
  expect(exited.filter((pid) => pids.includes(pid))).toEqual([]);
});
