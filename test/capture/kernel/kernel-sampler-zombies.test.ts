import { describe, expect, test } from 'vitest';
import { createKernelHarness, summaryOf } from '../../support/fakes/kernel-harness.ts';

describe('a zombie of the kernel sampler', () => {
  const start = () => {
    const harness = createKernelHarness();
    const { events, sample, settle } = harness;
    const parent = events.fork(1);
    const pid = events.fork(parent);
    sample();
    events.exit(pid, 1 << 8);
    const zombies = settle();
    const { exitedNs = 0n, spawnedNs } = events.lifeOf(pid);
    return { ...harness, parent, pid, zombies, exitedNs, spawnedNs };
  };

  test('is reported at the time of its exit, if it is not reaped within 5 ms', () => {
    const { zombies, pid, parent, exitedNs } = start();
    expect(zombies).toMatchObject([
      {
        probe_source: 'process.zombie',
        guest_pid: pid,
        guest_ppid: parent,
        guest_monotonic_ns: exitedNs,
        exit_code: 1,
      },
    ]);
    expect(zombies[0]).not.toHaveProperty('zombie_ns');
  });

  test('exits when it is reaped, within the window since its last check', () => {
    const { events, sample, pid, exitedNs, spawnedNs } = start();
    for (let count = 0; count < 20; count++) expect(sample(100)).toEqual([]);
    events.reap(pid);
    const records = Array.from({ length: 60 }, () => sample(5)).flat();
    const [exit] = records;
    expect(records).toMatchObject([{ probe_source: 'process.exited', lifetime_ns: exitedNs - spawnedNs }]);
    if (exit?.probe_source !== 'process.exited') return;
    expect(exit).toMatchObject({ exit_code: 1, zombie_ns: exit.guest_monotonic_ns - exitedNs });
    expect(exit.window_ns).toBeLessThanOrEqual(300_000_000n);
  });

  test('exits at most 5 ms after it is reaped, in its first 20 ms', () => {
    for (let delayMs = 0; delayMs < 14; delayMs++) {
      const { events, sample, pid } = start();
      for (let count = 0; count < delayMs; count++) expect(sample(1)).toEqual([]);
      events.reap(pid);
      const records = Array.from({ length: 5 }, () => sample(1)).flat();
      expect(records).toMatchObject([{ probe_source: 'process.exited', guest_pid: pid }]);
    }
  });

  test('is checked at intervals that grow to 250 ms', () => {
    const { sample, kernel, pid } = start();
    const checksIn = (ms: number) => {
      kernel.calls.length = 0;
      for (let count = 0; count < ms; count++) sample(1);
      return kernel.calls.filter((path) => path.endsWith(`/${pid}/stat`)).length;
    };
    expect(checksIn(2500)).toBeLessThan(50);
    expect(checksIn(1000)).toBe(4);
  });

  test('is reported again when its parent exits and another one has to reap it', () => {
    const { events, sample, parent, pid } = start();
    sample(1000);
    events.end(parent);
    const records = Array.from({ length: 10 }, () => sample(1)).flat();
    expect(records).toMatchObject([
      { probe_source: 'process.exited', guest_pid: parent },
      {
        probe_source: 'process.zombie',
        guest_pid: pid,
        guest_ppid: 1,
        zombie_ns: expect.any(BigInt),
        exit_code: 1,
      },
    ]);
  });

  test('was reaped if its PID is forked again', () => {
    const { events, sample, pid, kernel } = start();
    events.reap(pid);
    events.advance(50);
    kernel.seek(pid);
    events.fork(1);
    expect(summaryOf(sample(0.01).concat(sample(1)))).toEqual([
      ['exited', pid, 'init'],
      ['spawned', pid, 'init'],
    ]);
  });

  test('was reaped if its PID is that of a new thread', () => {
    const { events, sample, pid, parent, kernel } = start();
    events.reap(pid);
    events.advance(50);
    kernel.seek(pid);
    events.thread(parent);
    expect(summaryOf(sample(0.01).concat(sample(1)))).toEqual([['exited', pid, 'init']]);
  });

  test('is not a process whose other threads run, although their events were lost', () => {
    const { events, sample, settle } = createKernelHarness();
    const pid = events.fork(1);
    sample();
    events.losing = true;
    const thread = events.thread(pid);
    events.losing = false;
    events.exit(pid);
    expect(settle()).toEqual([]);
    events.exit(thread, 7 << 8);
    events.reap(pid);
    expect(sample().concat(sample())).toMatchObject([{ probe_source: 'process.exited', exit_code: 7 }]);
  });
});

test('zombies by the thousand are checked 32 at a time', () => {
  const { events, kernel, sample, settle } = createKernelHarness();
  const parent = events.fork(1);
  const pids = Array.from({ length: 2000 }, () => events.fork(parent));
  for (const pid of pids) events.exit(pid);
  expect(settle().filter(({ probe_source }) => probe_source === 'process.zombie')).toHaveLength(2000);
  for (let count = 0; count < 50; count++) {
    kernel.calls.length = 0;
    sample(3);
    expect(kernel.calls.filter((path) => path.endsWith('/stat')).length).toBeLessThanOrEqual(34);
  }
  for (const pid of pids) events.reap(pid);
  const exits = Array.from({ length: 400 }, () => sample(5)).flat();
  expect(exits.filter(({ probe_source }) => probe_source === 'process.exited')).toHaveLength(2000);
});
