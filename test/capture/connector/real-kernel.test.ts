import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compile, compilerObstacle, unshareObstacle } from '../../support/harness/c-programs.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import type { KernelEventsOutput } from '../../support/programs/kernel/kernel-events.ts';

const program = fileURLToPath(new URL('../../support/programs/kernel/kernel-events.ts', import.meta.url));

type Event = KernelEventsOutput['events'][number];

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

  test('lost events are counted when the receive buffer is small [fault:kernel-queue-full]', async (context) => {
    if (obstacle) context.skip(obstacle);
    const { events, lost, holes, drops } = await run(
      'i=0; while [ $i -lt 500 ]; do (exit 1) & i=$((i + 1)); done; wait',
      { bufferBytes: 32 << 10 },
    );
    // The script causes 1000 events at least, and the queue has room for some 80.
    expect(lost).toBeGreaterThan(500);
    expect(events.length + lost).toBeGreaterThanOrEqual(1000);
    expect(drops[0]).toBeGreaterThan(500);
    // The two are equal, unless other processes cause a loss at this moment.
    expect(holes).toBeGreaterThanOrEqual(drops[0]);
    expect(holes).toBeLessThanOrEqual(drops[1]);
  });
});

describe('process events of a C program', () => {
  let path = '';
  beforeAll(() => {
    if (!compilerObstacle) path = compile('kernel/process-events', folder.path);
  });
  beforeEach((context) => {
    const missing = obstacle ?? compilerObstacle;
    if (missing) context.skip(missing);
  });

  /** Runs the program in place of the shell. Returns its events, and the forks of its children. */
  const runProgram = async (what: string) => {
    const { events, shell: pid, lost } = await run(`exec ${path} ${what}`);
    const own = events.filter((event) => event.pid === pid);
    const children = events.filter(({ type, parentPid }) => type === 'fork' && parentPid === pid);
    return { events, own: own.slice(own.findLastIndex(isStart) + 1), children, lost, pid };
  };
  /** Whether the event is that of the program, which replaces the shell. */
  const isStart = ({ type }: Event, index: number, all: Event[]) =>
    type === 'exec' && all.slice(0, index).filter((event) => event.type === 'exec').length === 1;
  const texts = (events: Event[]) =>
    events.map(({ type, status, name }) => [type, status ?? name].join(' ').trim());

  test('a thread executes a program: the main thread exits first, with 0 [fault:kernel-threads]', async () => {
    const { own, pid } = await runProgram('exec');
    expect(texts(own)).toEqual(['fork', 'exit 0', 'exec', 'exit 768']);
    expect(own[0]?.tid).not.toBe(pid);
    // The thread gets the ID of the main thread.
    expect(own.at(-1)?.tid).toBe(pid);
  });

  test('the main thread ends first: the last thread has the exit code [fault:kernel-threads]', async () => {
    const { own, pid } = await runProgram('leader');
    expect(texts(own)).toEqual(['fork', 'exit 0', 'exit 1024']);
    expect(own.slice(1).map(({ tid }) => tid)).toEqual([pid, own[0]?.tid]);
  });

  test('each vfork child of a storm is reported or counted as lost [fault:kernel-vfork-storm]', async () => {
    const count = 10_000;
    const { events, children, lost } = await runProgram(`vfork ${count}`);
    const pids = new Set(children.map(({ pid }) => pid));
    const exits = events.filter(
      ({ type, pid, status }) => type === 'exit' && pids.has(pid) && status === 1280,
    );
    expect(children.length + exits.length + lost).toBeGreaterThanOrEqual(2 * count);
    if (lost === 0) expect([children.length, exits.length]).toEqual([count, count]);
  });

  test('a child that is never a zombie is reported with its exit code [fault:kernel-autoreap]', async () => {
    const { events, children } = await runProgram('autoreap');
    expect(children).toHaveLength(1);
    const ofChild = events.filter(({ pid }) => pid === children[0]?.pid);
    expect(texts(ofChild)).toEqual(['fork', 'exit 1536']);
  });

  test('a process that renames itself is reported with each name', async () => {
    const { own } = await runProgram('rename');
    expect(texts(own)).toEqual(['comm by-prctl', 'comm by-file', 'exit 0']);
  });

  test('a fork that fails after its PID was allocated has no event [fault:kernel-fork-fails]', async () => {
    const { own, children } = await runProgram('fail 50');
    expect(children).toEqual([]);
    expect(texts(own)).toEqual(['exit 0']);
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
