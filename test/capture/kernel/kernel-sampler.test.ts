import { describe, expect, test } from 'vitest';
import type { KernelEvent } from '../../../src/capture/kernel/kernel-event.ts';
import { FakeEventKernel } from '../../support/fakes/fake-event-kernel.ts';
import { createKernelHarness, summaryOf } from '../../support/fakes/kernel-harness.ts';

const exited = (code: number) => code << 8;

describe('kernel sampler', () => {
  test('reports the whole life of a process that is gone before the sample', () => {
    const { events, sample } = createKernelHarness();
    const shell = events.fork(1);
    events.exec(shell, 'sh');
    sample();
    const child = events.fork(shell);
    const { spawnedNs } = events.lifeOf(child);
    events.end(child, exited(3));
    const { exitedNs = 0n } = events.lifeOf(child);
    const records = sample();
    expect(records).toEqual([
      {
        probe_source: 'process.spawned',
        guest_pid: child,
        guest_comm: 'sh',
        guest_monotonic_ns: spawnedNs,
        guest_ppid: shell,
        guest_uid: 1000,
        start_ticks: Number(spawnedNs / 10_000_000n),
      },
      {
        probe_source: 'process.exited',
        guest_pid: child,
        guest_comm: 'sh',
        guest_monotonic_ns: exitedNs,
        lifetime_ns: exitedNs - spawnedNs,
        start_ticks: Number(spawnedNs / 10_000_000n),
        exit_code: 3,
      },
    ]);
  });

  test('reads the name after an exec, and keeps the previous one if the process is gone', () => {
    const { events, sample } = createKernelHarness();
    const child = events.fork(1);
    events.exec(child, 'true');
    expect(sample()).toMatchObject([
      { probe_source: 'process.spawned', guest_comm: 'init' },
      { probe_source: 'process.exec', guest_comm: 'true', previous_comm: 'init' },
    ]);
    events.exec(child, 'false');
    events.end(child);
    const [exec, exit] = sample();
    expect(exec).toMatchObject({ guest_comm: 'true', previous_comm: 'true', unread: ['comm'] });
    expect(exit).toMatchObject({ probe_source: 'process.exited', guest_comm: 'true', exit_code: 0 });
  });

  test('passes the name of the thread that forks to its child', () => {
    const { events, sample } = createKernelHarness();
    const pid = events.fork(1);
    events.exec(pid, 'server');
    const worker = events.thread(pid);
    const renamed = events.thread(pid);
    events.rename(renamed, 'pool-1');
    sample();
    const first = events.fork(pid, { parentTid: worker });
    const second = events.fork(pid, { parentTid: renamed });
    // The event of a thread does not show which thread created it.
    const third = events.thread(pid, renamed);
    const fourth = events.fork(pid, { parentTid: third });
    events.rename(pid, 'main');
    const fifth = events.fork(pid, { parentTid: worker });
    expect(summaryOf(sample())).toEqual([
      ['spawned', first, 'server'],
      ['spawned', second, 'pool-1'],
      ['spawned', fourth, 'pool-1'],
      ['exec', pid, 'main'],
      ['spawned', fifth, 'server'],
    ]);
  });

  test('marks an exec record in which only the name changed', () => {
    const { events, sample } = createKernelHarness();
    const pid = events.fork(1);
    sample();
    events.rename(pid, 'renamed');
    events.rename(pid, 'renamed');
    expect(sample()).toMatchObject([
      { probe_source: 'process.exec', guest_comm: 'renamed', previous_comm: 'init', renamed: true },
    ]);
  });

  test('counts threads, and reports the exit status of the last one', () => {
    const { events, sample, sampler } = createKernelHarness();
    const pid = events.fork(1);
    const thread = events.thread(pid);
    events.exit(pid, 0);
    expect(summaryOf(sample())).toEqual([['spawned', pid, 'init']]);
    events.exit(thread, 9 | 0x80);
    events.reap(pid);
    expect(sample()).toMatchObject([{ probe_source: 'process.exited', exit_signal: 9, core_dumped: true }]);
    expect(sampler.counters()).toMatchObject({ processesSeen: 1, threadsSeen: 1, allocatedPids: 2 });
  });

  test('reports the status of the last thread if the exit of the main thread arrives after it', () => {
    const { events, sample } = createKernelHarness();
    const pid = events.fork(1);
    const thread = events.thread(pid);
    sample();
    events.exit(pid, 0);
    events.exit(thread, exited(4));
    events.reap(pid);
    const [first, second] = events.queued.splice(0) as [KernelEvent, KernelEvent];
    events.queued = [second, { ...first, timeNs: second.timeNs + 1000n }];
    events.advance(1);
    expect(sample()).toMatchObject([{ probe_source: 'process.exited', exit_code: 4 }]);
  });

  test('follows a process in which another thread executes a program', () => {
    const { events, sample } = createKernelHarness();
    const pid = events.fork(1);
    const thread = events.thread(pid);
    events.thread(pid);
    sample();
    events.exec(pid, 'other', thread);
    expect(summaryOf(sample())).toEqual([['exec', pid, 'other']]);
    events.end(pid, exited(2));
    expect(sample()).toMatchObject([{ probe_source: 'process.exited', exit_code: 2 }]);
  });

  test('reports no zombie of a parent that needs 3 ms to reap', () => {
    const { events, sample } = createKernelHarness();
    const pid = events.fork(1);
    events.exit(pid);
    const { exitedNs, spawnedNs } = events.lifeOf(pid);
    expect(summaryOf(sample())).toEqual([['spawned', pid, 'init']]);
    // Later records wait, so that the log stays in order of time.
    const other = events.fork(1);
    expect(sample(2)).toEqual([]);
    events.reap(pid);
    const records = sample();
    expect(summaryOf(records)).toEqual([
      ['exited', pid, 'init'],
      ['spawned', other, 'init'],
    ]);
    expect(records[0]).toMatchObject({
      guest_monotonic_ns: exitedNs,
      lifetime_ns: (exitedNs ?? 0n) - spawnedNs,
    });
    expect(records[0]).not.toHaveProperty('zombie_ns');
  });

  test('discovers the threads of a process', () => {
    const events = new FakeEventKernel();
    const pid = events.fork(1);
    const thread = events.thread(pid);
    events.rename(thread, 'pool');
    const { sample } = createKernelHarness({ events });
    const child = events.fork(pid, { parentTid: thread });
    events.exit(pid);
    expect(summaryOf(sample())).toEqual([['spawned', child, 'pool']]);
    events.exit(thread, exited(6));
    events.reap(pid);
    expect(sample()).toMatchObject([{ probe_source: 'process.exited', guest_pid: pid, exit_code: 6 }]);
  });

  test('leaves processes forked during the discovery to their events', () => {
    const events = new FakeEventKernel();
    const old = events.fork(1);
    const { kernel } = events;
    let child = 0;
    kernel.onList = () => {
      kernel.onList = () => {};
      child = events.fork(old);
      events.exec(child, 'child');
    };
    const { discovered, sampler } = createKernelHarness({ events });
    expect(discovered).toMatchObject([
      { guest_pid: 1, initial: true },
      { guest_pid: old, initial: true },
      { probe_source: 'process.spawned', guest_pid: child, guest_comm: 'init' },
      { probe_source: 'process.exec', guest_pid: child, guest_comm: 'child' },
    ]);
    expect(sampler.counters()).toMatchObject({ processesSeen: 1, missedTasks: 0, alive: 3 });
  });
});
