import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, type TestContext, test } from 'vitest';
import {
  type ExitedEvent,
  isProbeEvent,
  type ProbeEvent,
  type SpawnedEvent,
} from '../../src/domain/events/event.ts';
import { compile, compilerObstacle } from '../support/harness/c-programs.ts';
import { program } from '../support/harness/pty.ts';
import { openRecordStream, waitFor } from '../support/harness/recording.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { asNobody, describeSources, sourceObstacle } from '../support/installed/sources.ts';

const folder = createTempDir();
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  folder.remove();
});

let events = '';
let daemons = '';
beforeAll(() => {
  if (compilerObstacle) return;
  events = compile('kernel/process-events', folder.path);
  daemons = compile('daemons', folder.path);
});
const requireCompiler = (context: TestContext) => {
  if (compilerObstacle) context.skip(compilerObstacle);
};

const start = (file: string, ...args: string[]): ChildProcess & { pid: number } => {
  const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  children.push(child);
  return child as ChildProcess & { pid: number };
};
/** Runs a program to its end. Returns its PID. */
const run = async (file: string, ...args: string[]): Promise<number> => {
  const child = start(file, ...args);
  await once(child, 'exit');
  return child.pid;
};

/** Creates a cgroup that allows this many processes. Returns its path, or why that is not possible. */
const createPidsCgroup = (max: number): { path: string } | { obstacle: string } => {
  // The controller is in a hierarchy of its own in version 1.
  const roots = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'].filter((root) => existsSync(root));
  let obstacle = 'no cgroups are mounted';
  for (const root of roots) {
    const path = join(root, `churntop-test-${process.pid}`);
    try {
      mkdirSync(path);
      try {
        writeFileSync(join(path, 'pids.max'), String(max), { flag: 'r+' });
        return { path };
      } catch (error) {
        rmdirSync(path);
        throw error;
      }
    } catch (error) {
      obstacle = `no pids cgroup: ${(error as Error).message}`;
    }
  }
  return { obstacle };
};

describeSources('one stream of an ordinary user', (source) => {
  const isKernel = source === 'kernel';
  let stream: ReturnType<typeof openRecordStream>;
  beforeAll(async () => {
    if (sourceObstacle(source)) return;
    const churntop = [process.execPath, program, '--ndjson', '--no-alerts', '--source', source];
    stream = openRecordStream([...asNobody, ...churntop]);
    await stream.ready();
  });
  afterAll(() => stream?.end());

  /** Number of records when the test began. A PID can have been used before. */
  let mark = 0;
  beforeEach(() => {
    mark = stream?.records.length ?? 0;
  });
  const recent = () => stream.records.slice(mark);
  const probes = (): ProbeEvent[] => recent().filter(isProbeEvent);
  const eventsOf = (pid: number) => probes().filter(({ guest_pid }) => guest_pid === pid);
  const kindsOf = (pid: number) =>
    eventsOf(pid).map(({ probe_source }) => probe_source.replace('process.', ''));
  const until = async <E extends ProbeEvent['probe_source']>(kind: E, wanted: Record<string, unknown>) => {
    type Wanted = Extract<ProbeEvent, { probe_source: E }>;
    const isWanted = (record: ProbeEvent): record is Wanted =>
      record.probe_source === kind &&
      Object.entries(wanted).every(([key, value]) => (record as Record<string, unknown>)[key] === value);
    return waitFor(`${kind} ${JSON.stringify(wanted)}`, () => probes().find(isWanted));
  };
  const childrenOf = (pid: number): SpawnedEvent[] =>
    probes().filter(
      (record): record is SpawnedEvent =>
        record.probe_source === 'process.spawned' && record.guest_ppid === pid,
    );
  const sumOfGaps = (wanted: 'unseen' | 'queue', records = recent()) =>
    records.reduce((sum, record) => {
      if (record.probe_source !== 'trace.gap' || record.reason !== wanted) return sum;
      return sum + (record.tasks ?? record.events ?? 0);
    }, 0);

  /** Returns the exit of a process that has ended. Polling may have missed it. */
  const exitOf = async (pid: number): Promise<ExitedEvent | undefined> => {
    if (isKernel) return until('process.exited', { guest_pid: pid });
    // Once a later exit is reported, an earlier one was too.
    const later = start('sleep', '600');
    await until('process.spawned', { guest_pid: later.pid });
    later.kill('SIGKILL');
    await until('process.exited', { guest_pid: later.pid });
    return eventsOf(pid).find((record): record is ExitedEvent => record.probe_source === 'process.exited');
  };
  /** Expects a value that kernel events always have. Polling may not have it, but has no other one. */
  const expectExact = (actual: unknown, expected: unknown) => {
    if (isKernel || actual !== undefined) expect(actual).toEqual(expected);
  };

  test('exit codes and signals of processes of another user', async () => {
    const cases = [
      ['exit 7', 7, undefined],
      ['exit 0', 0, undefined],
      ['kill -9 $$', undefined, 9],
      ['kill -TERM $$', undefined, 15],
    ] as const;
    for (const [script, code, signal] of cases) {
      const pid = await run('sh', '-c', `sleep 0.02; ${script}`);
      const exited = await exitOf(pid);
      expectExact(exited?.exit_code, code);
      expectExact(exited?.exit_signal, signal);
      // A busy parent reaps late. Then the process was a zombie, and when it was reaped is not exact.
      const isExact = isKernel && !kindsOf(pid).includes('zombie');
      if (exited) expect(Object.hasOwn(exited, 'window_ns')).toBe(!isExact);
    }
  });

  test('a process whose main thread exits first exits once, with the code of the last thread [fault:kernel-threads]', async (context) => {
    requireCompiler(context);
    for (const [what, code] of [
      ['exec', 3],
      ['leader', 4],
    ] as const) {
      const pid = await run(events, what);
      expectExact((await exitOf(pid))?.exit_code, code);
      expect(kindsOf(pid).filter((kind) => kind === 'exited').length).toBeLessThanOrEqual(1);
      // The program itself is an exec, and so is that of its thread.
      const execs = what === 'exec' ? ['exec', 'exec'] : ['exec'];
      // A busy parent reaps late, so that it may have been a zombie.
      const kinds = kindsOf(pid).filter((kind) => kind !== 'zombie');
      if (isKernel) expect(kinds).toEqual(['spawned', ...execs, 'exited']);
    }
  });

  test('a child that is never a zombie [fault:kernel-autoreap]', async (context) => {
    requireCompiler(context);
    const pid = await run(events, 'autoreap');
    await exitOf(pid);
    const found = childrenOf(pid);
    if (isKernel) expect(found).toHaveLength(1);
    for (const { guest_pid: child } of found) {
      expectExact((await exitOf(child))?.exit_code, 6);
      expect(kindsOf(child)).not.toContain('zombie');
    }
  });

  test('each name of a process that renames itself', async (context) => {
    requireCompiler(context);
    const pid = await run(events, 'rename');
    const exited = await exitOf(pid);
    if (!isKernel) return;
    expect(exited).toMatchObject({ guest_comm: 'by-file', exit_code: 0 });
    expect(eventsOf(pid).filter((record) => 'renamed' in record)).toMatchObject([
      { guest_comm: 'by-prctl' },
      { guest_comm: 'by-file', previous_comm: 'by-prctl' },
    ]);
  });

  test('daemons have the parent that forked them', async (context) => {
    requireCompiler(context);
    const child = start(daemons, '3');
    for (let index = 0; index < 3; index++) {
      const guest_comm = `daemon${index}`;
      await until('process.spawned', { guest_comm });
      if (!isKernel) continue;
      // The parent of the daemon exits at once.
      const parent = await until('process.spawned', { guest_comm, guest_ppid: child.pid });
      await until('process.exited', { guest_pid: parent.guest_pid, exit_code: 0 });
      await until('process.spawned', { guest_comm, guest_ppid: parent.guest_pid });
    }
    child.stdin?.end();
  });

  test('a zombie, until its parent reaps it', async () => {
    const parent = start('sh', '-c', 'sh -c "exit 9" & read line; wait');
    const zombie = await until('process.zombie', { guest_ppid: parent.pid });
    expectExact(zombie.exit_code, 9);
    parent.stdin?.end('\n');
    const exited = await until('process.exited', { guest_pid: zombie.guest_pid });
    expect(exited.zombie_ns).toBeGreaterThan(0n);
    expectExact(exited.exit_code, 9);
  });

  test('forks that a pids cgroup refuses have no record [fault:fork-refused]', async (context) => {
    requireCompiler(context);
    const cgroup = createPidsCgroup(1);
    if ('obstacle' in cgroup) return context.skip(cgroup.obstacle);
    const script = `echo $$ > ${cgroup.path}/cgroup.procs && exec ${events} refused 200`;
    const child = start('sh', '-c', script);
    const [code] = await once(child, 'exit');
    rmdirSync(cgroup.path);
    expect(code).toBe(0);
    expectExact((await exitOf(child.pid))?.exit_code, 0);
    expect(childrenOf(child.pid)).toEqual([]);
  });

  /** Expects that each child of a process was reported, or else counted as missed or lost. */
  const expectChildren = async (parent: number, count: number) => {
    await exitOf(parent);
    const countAll = () => childrenOf(parent).length + sumOfGaps('unseen') + sumOfGaps('queue');
    await waitFor(`${count} children`, () => countAll() >= count);
    if (!isKernel) return;
    const found = childrenOf(parent);
    const pids = new Set(found.map(({ guest_pid }) => guest_pid));
    const exits = probes().filter(
      ({ probe_source, guest_pid }) => probe_source === 'process.exited' && pids.has(guest_pid),
    );
    if (sumOfGaps('queue') === 0) expect([found.length, exits.length]).toEqual([count, count]);
    const name = eventsOf(parent).at(-1)?.guest_comm;
    for (const exit of exits) expect(exit).toMatchObject({ guest_comm: name, exit_code: 5 });
  };

  test('each child of a vfork storm is reported or counted [fault:kernel-vfork-storm]', async (context) => {
    requireCompiler(context);
    await expectChildren(await run(events, 'vfork', '2000'), 2000);
  });

  test('what happens while churntop is stopped is reported or counted [fault:sigstop]', async () => {
    const loop = 'i=0; while [ $i -lt 300 ]; do (exit 5) & i=$((i + 1)); done; wait';
    const parent = start('sh', '-c', `read line; ${loop}`);
    await waitFor('the shell', () => eventsOf(parent.pid).some(({ guest_comm }) => guest_comm === 'sh'));
    stream.kill('SIGSTOP');
    parent.stdin?.end('\n');
    await once(parent, 'exit');
    stream.kill('SIGCONT');
    await expectChildren(parent.pid, 300);
  });

  test('the stream ends completely, and its records are consistent', async () => {
    expect(await stream.stop()).toBe(0);
    expect(stream.records.at(-1)).toMatchObject({ probe_source: 'trace.end' });
    const alive = new Set<number>();
    for (const { probe_source, guest_pid: pid } of stream.records.filter(isProbeEvent)) {
      expect(alive.has(pid), `${probe_source} of ${pid}`).toBe(probe_source !== 'process.spawned');
      if (probe_source === 'process.exited') alive.delete(pid);
      else alive.add(pid);
    }
    if (!isKernel) return;
    const stalls = stream.records.filter((record) => 'reason' in record && record.reason === 'stalled');
    expect(stalls).toEqual([]);
    // Only a lost event can hide a task, so refused forks are not missed.
    expect(sumOfGaps('unseen', stream.records)).toBeLessThanOrEqual(sumOfGaps('queue', stream.records));
  });
});
