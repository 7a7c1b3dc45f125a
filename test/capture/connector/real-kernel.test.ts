import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, compilerObstacle, unshareObstacle } from '../../support/harness/c-programs.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import type { KernelEventsOutput } from '../../support/programs/kernel-events.ts';

const program = fileURLToPath(new URL('../../support/programs/kernel-events.ts', import.meta.url));

/** Runs the program as an ordinary user, in a namespace if `unshare` has options. */
const run = async (
  script: string,
  { bufferBytes = 0, unshare = [] as readonly string[] } = {},
): Promise<KernelEventsOutput> => {
  const command = [process.execPath, '--no-warnings', program, script, String(bufferBytes)];
  const [file, ...args] = unshare.length > 0 ? ['unshare', ...unshare, ...command] : command;
  const { stdout } = await promisify(execFile)(file as string, args, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as KernelEventsOutput;
};

const folder = createTempDir();
afterAll(folder.remove);

/** Why the kernel of this machine sends no process events. */
let obstacle: string | undefined;
beforeAll(async () => {
  obstacle = (await run('true')).refused?.message;
});

describe('process events of the real kernel, as an ordinary user', () => {
  test('every process is reported with its exit code or signal', async (context) => {
    if (obstacle) context.skip(obstacle);
    const { uid, events, lost, output, shell, inTime, leaked } = await run(`
      i=0
      while [ $i -lt 300 ]; do
        (exit $((i % 256))) & echo "$! $((i % 256 * 256))"
        i=$((i + 1))
      done
      for signal in 9 15 10; do sh -c "kill -$signal \\$\\$" & echo "$! $signal"; done
      wait`);
    expect(uid).not.toBe(0);
    expect(lost).toBe(0);
    expect(inTime).toBe(true);
    expect(leaked).toBe(0);
    const truth = output
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    expect(truth).toHaveLength(303);
    const forked = events.filter(({ type, parentPid }) => type === 'fork' && parentPid === shell);
    expect(forked.map(({ pid, tid }) => [pid, tid])).toEqual(truth.map(([pid]) => [pid, pid]));
    const ours = new Set(truth.map(([pid]) => pid));
    const exits = events.filter(({ type, pid }) => type === 'exit' && ours.has(pid));
    expect(new Map(exits.map(({ pid, status }) => [pid, status]))).toEqual(
      new Map(truth as [number, number][]),
    );
    expect(exits).toHaveLength(truth.length);
    const execs = events.filter(({ type, pid }) => type === 'exec' && ours.has(pid));
    expect(execs.map(({ pid }) => pid).toSorted()).toEqual(
      truth
        .slice(-3)
        .map(([pid]) => pid)
        .toSorted(),
    );
  });

  test.for([
    [
      'exec',
      'a thread executes a program: the main thread exits first, with 0',
      ['exit 0', 'exec', 'exit 768'],
    ],
    ['leader', 'the main thread ends first: the last thread has the exit code', ['exit 0', 'exit 1024']],
  ] as const)('%s: %s [fault:kernel-threads]', async ([name, , expected], context) => {
    const missing = obstacle ?? compilerObstacle;
    if (missing) context.skip(missing);
    const path = compile('thread-endings', folder.path);
    const { events, shell } = await run(`exec ${path} ${name}`);
    const ours = events.filter(({ pid }) => pid === shell);
    const thread = ours.find(({ type, tid }) => type === 'fork' && tid !== shell);
    // The thread is a fork of the same process, with the parent of the process.
    expect(thread).toMatchObject({ pid: shell, parentPid: ours[0]?.parentPid });
    const later = ours.slice(ours.indexOf(thread as (typeof ours)[number]) + 1);
    expect(later.map(({ type, status }) => [type, status].join(' ').trim())).toEqual(expected);
    // A thread that executes a program gets the ID of the main thread.
    expect(later.at(-1)?.tid).toBe(name === 'exec' ? shell : thread?.tid);
  });

  test('a vfork child is reported when it exits before its parent continues', async (context) => {
    const missing = obstacle ?? compilerObstacle;
    if (missing) context.skip(missing);
    const path = compile('thread-endings', folder.path);
    const { events, shell } = await run(`exec ${path} vfork`);
    const child = events.find(({ type, parentPid }) => type === 'fork' && parentPid === shell)?.pid;
    const ofChild = events.filter(({ pid }) => pid === child);
    expect(ofChild.map(({ type, status }) => [type, status])).toEqual([
      ['fork', undefined],
      ['exit', 5 * 256],
    ]);
  });

  test('lost events are counted when the receive buffer is small [fault:kernel-queue-full]', async (context) => {
    if (obstacle) context.skip(obstacle);
    const { events, lost, holes, drops } = await run(
      'i=0; while [ $i -lt 500 ]; do (exit 1) & i=$((i + 1)); done; wait',
      { bufferBytes: 32 << 10 },
    );
    // The script causes 1000 events at least, and the queue has room for fewer than 200.
    expect(events.length).toBeLessThan(200);
    expect(events.length + lost).toBeGreaterThanOrEqual(1000);
    expect(drops).toBeGreaterThan(500);
    expect(holes).toBe(drops);
  });
});

describe('elsewhere the refusal has a reason', () => {
  test.for([
    ['network', ['-n'], 'network-namespace', '(ECONNREFUSED)'],
    ['PID', ['-p', '-f', '--mount-proc'], 'pid-namespace', 'the first PID namespace'],
    ['user', ['-U', '-r'], 'user-namespace', 'the first user namespace'],
    ['time', ['-T', '--monotonic', '1000'], 'clock', 'another time namespace'],
  ] as const)(
    'in another %s namespace [fault:kernel-namespaces]',
    async ([, options, refusal, words], context) => {
      const missing = obstacle ?? unshareObstacle(...options);
      if (missing) context.skip(missing);
      const output = await run('true', { unshare: options });
      expect(output.refused).toEqual({ refusal, message: expect.stringContaining(words) });
    },
  );
});
