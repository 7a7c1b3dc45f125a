import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import type { GapRecord } from '../../src/domain/events/event.ts';
import type { SourceStatus } from '../../src/domain/source/event-source.ts';
import { bundle } from '../support/harness/bundle.ts';
import { waitFor } from '../support/harness/recording.ts';
import { asNobody, describeSources } from '../support/installed/sources.ts';

type Outcome = {
  status: SourceStatus;
  gaps: GapRecord[];
  spawned: number[];
  exited: number[];
  /** Names by PID, and the PIDs of those whose name could not be read after an exec. */
  names: Record<number, string>;
  unnamed: number[];
  error?: string;
};

let script = '';
beforeAll(async () => {
  script = await bundle(fileURLToPath(new URL('../support/programs/live-capture.ts', import.meta.url)));
  chmodSync(dirname(script), 0o755);
  // Native packages are looked up from here.
  symlinkSync(resolve('node_modules'), join(dirname(script), 'node_modules'));
});

/**
 * Runs the script with a shell command (`$NODE $SCRIPT SOURCE`), and parses its output. Once it samples, `during` is
 * called with the process and the PIDs of the spawns that follow.
 */
const runScript = async (
  line: string,
  during: (child: ChildProcess, spawned: ReadonlySet<number>) => Promise<void> = async () => {},
) => {
  const child = spawn('unshare', ['-m', 'sh', '-c', line], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE: process.execPath, SCRIPT: script, HERE: dirname(script) },
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  const spawned = new Set<number>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(text);
    if (/^\d+$/.test(text)) spawned.add(Number(text));
  });
  await waitFor('the first sample', () => lines.includes('ready'));
  await during(child, spawned);
  child.stdin.end();
  await closed;
  return JSON.parse(lines.at(-1) as string) as Outcome;
};

const findObstacle = (): string | undefined => {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `unshare is not permitted: ${(error as { stderr?: Buffer }).stderr?.toString().trim()}`;
  }
};

test('walk mode is selected for a /proc with subset=pid [fault:proc-subset]', async (context) => {
  const obstacle = findObstacle();
  if (obstacle) context.skip(obstacle);
  const { status, spawned } = await runScript(
    'mkdir $HERE/pids && mount -t proc -o subset=pid proc $HERE/pids && exec $NODE $SCRIPT proc $HERE/pids',
  );
  expect(status).toMatchObject({ mode: 'walk', modeReason: expect.stringContaining('no loadavg') });
  expect(status).not.toHaveProperty('missedTasks');
  expect(spawned).toContain(1);
});

test('walk mode is selected for the /proc of another PID namespace [fault:proc-other-namespace]', async (context) => {
  const obstacle = findObstacle();
  if (obstacle) context.skip(obstacle);
  const { status } = await runScript('unshare -p -f $NODE $SCRIPT proc /proc');
  expect(status).toMatchObject({ mode: 'walk', modeReason: expect.stringMatching(/namespace|itself/) });
});

test('SIGSTOP and SIGCONT make one stall gap of the same duration [fault:sigstop]', async () => {
  const { gaps } = await runScript('exec $NODE $SCRIPT proc', async (child) => {
    await delay(300);
    child.kill('SIGSTOP');
    await delay(700);
    child.kill('SIGCONT');
    await delay(300);
  });
  const longGaps = gaps.filter(
    ({ reason, from_monotonic_ns, to_monotonic_ns }) =>
      reason === 'stalled' && BigInt(to_monotonic_ns) - BigInt(from_monotonic_ns) > 500_000_000n,
  );
  expect(longGaps).toHaveLength(1);
});

describeSources('faults', (source) => {
  const isKernel = source === 'kernel';
  const capture = `exec ${asNobody.join(' ')} $NODE $SCRIPT ${source}`;

  test('hidepid=2: processes of other users are events of the kernel, or counted as missed [fault:hidepid-2]', async (context) => {
    const obstacle = findObstacle();
    if (obstacle) context.skip(obstacle);
    const pids: number[] = [];
    const { status, spawned, exited, names, unnamed } = await runScript(
      `mount -t proc -o hidepid=2 proc /proc && ${capture}`,
      async () => {
        for (let count = 0; count < 20; count++) {
          const child = spawn('true');
          pids.push(child.pid as number);
          await once(child, 'exit');
        }
        if (!isKernel) await delay(1500);
      },
    );
    expect(status).toMatchObject({ mode: isKernel ? 'kernel' : 'cursor', ownProcessesOnly: true });
    expect(exited).not.toContain(1);
    if (!isKernel) {
      expect(Number(status.missedTasks)).toBeGreaterThanOrEqual(20);
      return;
    }
    expect(spawned).toEqual(expect.arrayContaining(pids));
    expect(exited).toEqual(expect.arrayContaining(pids));
    // Neither the name of the parent nor that after the exec is readable.
    expect(unnamed).toEqual(expect.arrayContaining(pids));
    for (const pid of pids) expect(names[pid]).toBe('');
    expect(Number(status.missedTasks)).toBeLessThanOrEqual(Number(status.lostEvents ?? 0));
  });

  test('hidepid=1: processes of other users are hidden, not exited [fault:hidepid-1]', async (context) => {
    const obstacle = findObstacle();
    if (obstacle) context.skip(obstacle);
    const { status, spawned, exited } = await runScript(
      `mount -t proc -o hidepid=1 proc /proc && ${capture}`,
    );
    expect(status).toMatchObject({ mode: isKernel ? 'kernel' : 'cursor', ownProcessesOnly: false });
    expect(status.hiddenProcesses).toBeGreaterThan(1);
    expect(spawned).toContain(1);
    expect(exited).not.toContain(1);
  });

  test('no live process exits when descriptors run out [fault:emfile]', async () => {
    const children: ChildProcess[] = [];
    const { status, spawned, exited, error } = await runScript(
      `ulimit -n 40; exec $NODE $SCRIPT ${source}`,
      async (_, seen) => {
        for (let count = 0; count < 60; count++) children.push(spawn('sleep', ['30']));
        await waitFor('all processes', () => children.every(({ pid }) => seen.has(pid as number)));
      },
    );
    const pids = children.map(({ pid }) => pid as number);
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => once(child, 'exit')));
    expect(error).toBeUndefined();
    expect(status.mode).toBe(isKernel ? 'kernel' : 'cursor');
    expect(spawned).toEqual(expect.arrayContaining(pids));
    expect(exited.filter((pid) => pids.includes(pid))).toEqual([]);
  });
});
