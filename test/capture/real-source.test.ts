import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, type TestContext, test } from 'vitest';
import { ConnectorError } from '../../src/capture/connector/connector-error.ts';
import { openEventQueue } from '../../src/capture/connector/open-event-queue.ts';
import { SourceError } from '../../src/capture/core/source.ts';
import { CursorSampler } from '../../src/capture/cursor/cursor-sampler.ts';
import type { EventQueue } from '../../src/capture/kernel/event-queue.ts';
import { KernelSampler } from '../../src/capture/kernel/kernel-sampler.ts';
import { openLive } from '../../src/capture/live-source.ts';
import { FallbackSampler } from '../../src/capture/samplers/fallback-sampler.ts';
import { type ChurnRecord, isProbeEvent } from '../../src/domain/events/event.ts';
import { loadLibc } from '../../src/native/load-libc.ts';
import { readHostInfo } from '../../src/proc/host-info.ts';
import { openProcReader } from '../../src/proc/reader.ts';
import { unshareObstacle } from '../support/harness/c-programs.ts';
import { program } from '../support/harness/pty.ts';
import { openRecordStream } from '../support/harness/recording.ts';
import { kernelObstacle } from '../support/installed/sources.ts';

/** Skips a test that needs kernel events where there are none, with the reason. */
const requireKernelEvents = (context: TestContext) => {
  if (kernelObstacle) context.skip(kernelObstacle);
};

const churntop = [process.execPath, program];
const run = async (command: readonly string[]) => {
  const [file = '', ...args] = command;
  try {
    return { ...(await promisify(execFile)(file, args)), code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { stdout, stderr, code };
  }
};

const streams: ReturnType<typeof openRecordStream>[] = [];
const children: ChildProcess[] = [];
const stream = (command: readonly string[]) => {
  const opened = openRecordStream(command);
  streams.push(opened);
  return opened;
};
const start = (file: string, ...args: string[]) => {
  const child = spawn(file, args, { stdio: 'ignore' });
  children.push(child);
  return child;
};
afterEach(() => Promise.all(streams.splice(0).map((opened) => opened.end())));
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('--source kernel', () => {
  test('an ordinary user sees the child of another, and its exit code', async (context) => {
    requireKernelEvents(context);
    if (process.getuid?.() !== 0) context.skip('only root can change the user');
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const { until, ready } = stream([...asNobody, ...churntop, '--ndjson', '--source', 'kernel']);
    await ready();
    const child = start('sh', '-c', 'exit 7');
    const spawned = await until('spawned', { guest_pid: child.pid, guest_ppid: process.pid });
    // The time is exact.
    expect(spawned).not.toHaveProperty('window_ns');
    await until('exited', { guest_pid: child.pid, exit_code: 7 });
  });

  test('the program exits with 0 after a signal, and the socket is closed', async (context) => {
    requireKernelEvents(context);
    const args = [program, '--source', 'kernel', '--lines', '--no-alerts'];
    const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(running);
    await once(running.stdout, 'data');
    running.stdout.resume();
    running.kill('SIGTERM');
    expect((await once(running, 'exit'))[0]).toBe(0);
  });

  test('started() resolves, or rejects with the reason', async () => {
    const source = openLive({ source: 'kernel' });
    if (!kernelObstacle) await expect(source.started()).resolves.toBeUndefined();
    else await expect(source.started()).rejects.toThrow(SourceError);
    await source.stop();
  });
});

test('no process is reported twice when kernel events end [fault:kernel-events-end]', async (context) => {
  requireKernelEvents(context);
  const proc = openProcReader('/proc');
  const clock = { nowNs: process.hrtime.bigint, nowMs: () => performance.now() };
  const info = readHostInfo(proc, clock.nowNs);
  const common = { proc, clock, bootOffsetNs: info.bootOffsetNs, ownPid: undefined, ownProcessesOnly: false };
  const queue = openEventQueue({ libc: loadLibc(), proc });
  let hasEnded = false;
  const endingQueue: EventQueue = {
    wait: (ms) => queue.wait(ms),
    drain: () => {
      if (hasEnded) throw new ConnectorError('system-call', 'cannot receive process events (EBADF)');
      return queue.drain();
    },
    lostEvents: () => queue.lostEvents(),
    subscribeAgain: () => queue.subscribeAgain(),
    close: () => queue.close(),
  };
  const sampler = new FallbackSampler({
    first: new KernelSampler({ ...common, queue: endingQueue, modeReason: 'test' }),
    openNext: (modeReason) =>
      new CursorSampler({ ...common, modeReason, maxOpenStats: 1000, ownTaskCount: true }),
    clock,
    bootOffsetNs: info.bootOffsetNs,
  });
  const records: ChurnRecord[] = [];
  const has = (source: string, pid: number | undefined) =>
    records.some(
      (record) => record.probe_source === source && 'guest_pid' in record && record.guest_pid === pid,
    );
  const sampleUntil = async (isMet: () => boolean) => {
    while (!isMet()) {
      sampler.sample(clock.nowMs());
      records.push(...sampler.take());
      await setTimeout(1);
    }
  };
  await sampleUntil(() => has('process.spawned', process.pid));
  const [early, late] = [start('sleep', '0.3'), start('sleep', '600')];
  await sampleUntil(() => has('process.spawned', late.pid));
  hasEnded = true;
  const between = start('sleep', '601');
  await sampleUntil(() => has('process.spawned', between.pid) && has('process.exited', early.pid));
  sampler.close();

  expect(sampler.mode).toBe('cursor');
  const gaps = records.filter((record) => record.probe_source === 'trace.gap');
  expect(gaps).toMatchObject([{ reason: 'source', capture_mode: 'cursor' }]);
  const alive = new Map<number, string>();
  for (const record of records.filter(isProbeEvent)) {
    const { guest_pid: pid, probe_source } = record;
    if (probe_source === 'process.spawned') {
      expect(alive.has(pid), `${pid} spawned while alive`).toBe(false);
      alive.set(pid, record.initial ? 'initial' : 'spawned');
    } else expect(alive.has(pid), `${probe_source} of ${pid}, which is not alive`).toBe(true);
    if (probe_source === 'process.exited') alive.delete(pid);
  }
  expect(alive.has(early.pid as number)).toBe(false);
  for (const { pid } of [late, between]) expect(alive.get(pid as number)).toBe('spawned');
});

const namespaces = [
  ['another PID namespace', ['-p', '-f', '--kill-child', '--mount-proc'], /only in the first PID namespace/],
  ['another network namespace', ['-n'], /only in the first network namespace/],
  ['another user namespace', ['-U', '-r'], /only in the first user namespace/],
  ['another time namespace', ['-T', '--monotonic', '1000'], /another time namespace/],
] as const;
const obstacles = namespaces.map(([, options]) => kernelObstacle ?? unshareObstacle(...options));
/** All checks run at the same time, because each samples for two seconds. */
const runChecks = () => ({
  inNamespaces: namespaces.map(([, options], index) =>
    obstacles[index] ? undefined : run(['unshare', ...options, ...churntop, 'check', '--json']),
  ),
  ofProc: run([...churntop, 'check', '--json', '--source', 'proc']),
});
let checks: ReturnType<typeof runChecks>;
beforeAll(() => {
  checks = runChecks();
});

describe.each(namespaces.map((each, index) => [...each, index] as const))(
  'in %s',
  (_, options, reason, index) => {
    const wrap = ['unshare', ...options, ...churntop];
    beforeEach((context) => {
      if (obstacles[index]) context.skip(obstacles[index]);
    });

    test('--source kernel exits with 3 and the reason [fault:kernel-events-refused]', async () => {
      const commands = [['--ndjson'], ['--lines'], ['check'], ['report', '--for', '1s']];
      const outcomes = commands.map((args) => run([...wrap, ...args, '--source', 'kernel']));
      for (const { stdout, stderr, code } of await Promise.all(outcomes)) {
        expect([stdout, code]).toEqual(['', 3]);
        expect(stderr).toMatch(/^churntop: --source: kernel events are not available: [^\n]*\n$/);
        expect(stderr).toMatch(reason);
      }
    });

    test('--source auto polls, and check has the reason [fault:kernel-events-refused]', async () => {
      const { mode, kernel_events } = JSON.parse((await checks.inNamespaces[index])?.stdout ?? '');
      expect([mode, kernel_events.available]).toEqual(['cursor', false]);
      expect(kernel_events.reason).toMatch(reason);
      const { header, ready } = stream([...wrap, '--ndjson']);
      await ready();
      expect(await header()).toMatchObject({ probe_source: 'trace.header' });
    });
  },
);

test('--source proc never has kernel events', async () => {
  const check = JSON.parse((await checks.ofProc).stdout);
  expect(check.mode).not.toBe('kernel');
  expect(check).not.toHaveProperty('kernel_events');
});
