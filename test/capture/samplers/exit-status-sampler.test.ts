import { expect, test } from 'vitest';
import { ExitStatusSampler } from '../../../src/capture/samplers/exit-status-sampler.ts';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { FakeKernelSampler } from '../../support/fakes/fake-kernel-sampler.ts';
import { FakePidfds } from '../../support/fakes/fake-pidfds.ts';
import { createManualClock } from '../../support/fakes/manual-clock.ts';
import { exited, spawned } from '../../support/fixtures/events.ts';

const setUp = (maxPidfds = 100) => {
  const inner = new FakeKernelSampler();
  const pidfds = new FakePidfds();
  const clock = createManualClock();
  const sampler = new ExitStatusSampler({ sampler: inner, libc: pidfds, clock, maxPidfds });
  const now = () => Number(clock.nowNs()) / 1e9;
  const sample = (...records: ChurnRecord[]) => {
    inner.queued = records;
    sampler.sample(clock.nowMs());
    return sampler.take();
  };
  const spawn = (...pids: number[]) => {
    pidfds.spawn(...pids);
    return sample(...pids.map((pid) => spawned(pid, 'job', now())));
  };
  const exit = (pid: number, status: number) => {
    pidfds.exit(pid, status);
    return sample(exited(pid, 'job', now()))[0];
  };
  return { inner, pidfds, clock, sampler, sample, spawn, exit, now };
};

test.each([
  ['success', 0, { exit_code: 0 }],
  ['an exit code', 0x300, { exit_code: 3 }],
  ['a signal', 9, { exit_signal: 9 }],
  ['a core dump', 0x8b, { exit_signal: 11, core_dumped: true }],
])('an exit record has the status of a process that was seen alive: %s', (_, status, expected) => {
  const { spawn, exit, pidfds, now } = setUp();
  const [record] = spawn(50);
  expect(record).toEqual(spawned(50, 'job', now()));
  expect(exit(50, status)).toEqual({ ...exited(50, 'job', now()), ...expected });
  expect(pidfds.open).toEqual([]);
});

test('the status replaces that of a zombie', () => {
  const { spawn, pidfds, sample } = setUp();
  spawn(50);
  pidfds.exit(50, 9);
  expect(sample(exited(50, 'job', 1, { exit_code: 0 }))).toEqual([exited(50, 'job', 1, { exit_signal: 9 })]);
});

test('an exit record is unchanged when the process was gone before its pidfd was opened', () => {
  const { sample, now } = setUp();
  const records = [spawned(50, 'job', now()), exited(50, 'job', now())];
  expect(sample(...records)).toEqual(records);
});

test('an exit record is unchanged when the process is not reaped', () => {
  const { spawn, sample, pidfds } = setUp();
  spawn(50);
  expect(sample(exited(50, 'job', 1, { exit_code: 2 }))).toEqual([exited(50, 'job', 1, { exit_code: 2 })]);
  expect(pidfds.open).toEqual([]);
});

test('no pidfd of a kernel thread is opened', () => {
  const { sample, pidfds, now } = setUp();
  pidfds.spawn(2);
  sample(spawned(2, 'kthreadd', now(), { kthread: true, initial: true }));
  expect(pidfds.open).toEqual([]);
});

test('a pidfd is closed when it was opened so late that its PID may have been reused', () => {
  const { sample, pidfds, clock, now } = setUp();
  pidfds.spawn(50, 51);
  const record = spawned(50, 'job', now());
  const other = spawned(51, 'job', now() + 0.002);
  clock.advance(501);
  sample(record, other);
  expect(pidfds.open).toEqual([51]);
});

test('a PID that is spawned again gets a new pidfd', () => {
  const { spawn, exit, pidfds } = setUp();
  spawn(50);
  pidfds.exit(50, 0x100);
  spawn(50);
  expect(pidfds.open).toEqual([50]);
  expect(exit(50, 0x200)).toMatchObject({ exit_code: 2 });
});

test('the number of open pidfds is bounded, and new processes replace the oldest', () => {
  const { spawn, exit, pidfds, sample, now } = setUp(2);
  pidfds.spawn(40, 41, 42);
  sample(...[40, 41, 42].map((pid) => spawned(pid, 'job', now(), { initial: true })));
  expect(pidfds.open).toEqual([40, 41]);
  spawn(50);
  expect(pidfds.open).toEqual([41, 50]);
  expect(exit(40, 0x100)).not.toHaveProperty('exit_code');
  expect(exit(50, 0x100)).toMatchObject({ exit_code: 1 });
});

test('at most 500 pidfds are opened in a second, besides those of discovery', () => {
  const { spawn, pidfds, clock, sample, now } = setUp(2000);
  const pids = Array.from({ length: 600 }, (_, index) => 1000 + index);
  pidfds.spawn(...pids);
  sample(...pids.map((pid) => spawned(pid, 'job', now(), { initial: true })));
  expect(pidfds.open).toHaveLength(600);
  spawn(...Array.from({ length: 600 }, (_, index) => 2000 + index));
  expect(pidfds.open).toHaveLength(1100);
  clock.advance(1000);
  spawn(3000);
  expect(pidfds.open).toContain(3000);
});

test('all pidfds are closed, and fewer are opened, when there are no more descriptors', () => {
  const { spawn, pidfds, sampler } = setUp();
  spawn(50, 51, 52, 53);
  pidfds.maxOpen = 4;
  spawn(54);
  expect(pidfds.open).toEqual([]);
  spawn(60, 61, 62);
  expect(pidfds.open).toEqual([61, 62]);
  expect([sampler.closePidfds(), sampler.closePidfds()]).toEqual([true, false]);
});

test('it closes its pidfds and the other sampler at the end', () => {
  const { spawn, pidfds, sampler, inner } = setUp();
  spawn(50);
  sampler.close();
  expect([pidfds.open, inner.closed]).toEqual([[], true]);
});

test('it shows the mode and the counters of the other sampler', () => {
  const { sampler, inner } = setUp();
  const { mode, modeReason, walkCostMs } = sampler;
  expect({ mode, modeReason, walkCostMs }).toEqual({
    mode: inner.mode,
    modeReason: inner.modeReason,
    walkCostMs: inner.walkCostMs,
  });
  expect(sampler.counters()).toBe(inner.counters());
  sampler.setBootOffset(7n);
  expect(inner.bootOffsetNs).toBe(7n);
});
