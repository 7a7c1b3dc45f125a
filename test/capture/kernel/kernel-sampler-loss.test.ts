import { describe, expect, test } from 'vitest';
import { createKernelHarness, summaryOf } from '../../support/fakes/kernel-harness.ts';

const many = (sample: (ms: number) => object[], count = 6) =>
  Array.from({ length: count }, () => sample(1000)).flat();

describe('after lost events, the kernel sampler', () => {
  test('finds the processes that run, and ends those that are gone, each with a window', () => {
    const { events, sample, sampler } = createKernelHarness();
    const gone = events.fork(1);
    sample();
    events.losing = true;
    const found = events.fork(1);
    events.exec(found, 'found');
    events.end(gone, 3 << 8);
    events.end(events.fork(1));
    events.losing = false;
    expect(events.lost).toBe(5);
    events.rename(1, 'systemd');
    const records = many(sample);
    expect(records).toContainEqual(
      expect.objectContaining({
        probe_source: 'process.spawned',
        guest_pid: found,
        guest_comm: 'found',
        window_ns: expect.any(BigInt),
      }),
    );
    const exit = records.find((record) => 'guest_pid' in record && record.guest_pid === gone);
    expect(exit).toMatchObject({ probe_source: 'process.exited', window_ns: expect.any(BigInt) });
    expect(exit).not.toHaveProperty('exit_code');
    expect(sampler.counters()).toMatchObject({
      processesSeen: 2,
      missedTasks: 1,
      pendingPids: 0,
      lostEvents: 5,
    });
    expect(events.subscriptions).toBe(1);
  });

  test('reads names and users again', () => {
    const { events, sample } = createKernelHarness();
    const pid = events.fork(1);
    sample();
    events.losing = true;
    events.exec(pid, 'program');
    events.setUid(pid, 7);
    events.losing = false;
    events.rename(1, 'systemd');
    expect(many(sample)).toContainEqual(
      expect.objectContaining({
        probe_source: 'process.exec',
        guest_pid: pid,
        guest_comm: 'program',
        guest_uid: 7,
      }),
    );
  });

  test('settles the count of missed tasks one audit later', () => {
    const { events, sample, sampler } = createKernelHarness();
    events.losing = true;
    events.end(events.fork(1));
    events.losing = false;
    events.rename(1, 'systemd');
    sample(1000);
    expect(sampler.counters()).toMatchObject({ missedTasks: 0, pendingPids: 1, allocatedPids: 1 });
    sample(6000);
    expect(sampler.counters()).toMatchObject({ missedTasks: 1, pendingPids: 0, allocatedPids: 1 });
  });

  test('subscribes again when forks are counted and no event arrives', () => {
    const { events, sample } = createKernelHarness();
    events.isSubscribed = false;
    const pid = events.fork(1);
    const records = many(sample, 12);
    expect(events.subscriptions).toBeGreaterThan(0);
    expect(summaryOf(records as never)).toEqual([['spawned', pid, 'init']]);
  });

  test('passes on the error of a subscription that is refused', () => {
    const { events, sample } = createKernelHarness();
    events.onSubscribe = () => {
      throw new Error('refused');
    };
    events.lost = 1;
    events.rename(1, 'systemd');
    expect(() => sample(10)).toThrow('refused');
  });

  test('subscribes at most once a second', () => {
    const { events, sample } = createKernelHarness();
    for (let count = 0; count < 200; count++) {
      events.lost++;
      events.rename(1, `name${count}`);
      sample(10);
    }
    expect(events.subscriptions).toBeLessThanOrEqual(3);
  });

  test('reads the threads again', () => {
    const { events, sample } = createKernelHarness();
    const first = events.fork(1);
    const second = events.fork(1);
    const ended = events.thread(second);
    sample();
    events.losing = true;
    const added = events.thread(first);
    events.exit(ended);
    events.losing = false;
    events.rename(1, 'systemd');
    many(sample);
    events.exit(first);
    events.end(second);
    expect(summaryOf(sample())).toEqual([['exited', second, 'init']]);
    events.exit(added);
    events.reap(first);
    expect(summaryOf(sample())).toEqual([['exited', first, 'init']]);
  });

  test('ends the process whose PID is forked again', () => {
    const { events, sample, kernel } = createKernelHarness();
    const pid = events.fork(1);
    sample(100);
    events.losing = true;
    events.end(pid);
    events.losing = false;
    kernel.seek(pid);
    events.fork(1);
    expect(summaryOf(sample().concat(sample()))).toEqual([
      ['exited', pid, 'init'],
      ['spawned', pid, 'init'],
    ]);
  });
});

test('what is still open at the end is reported with the last counters', () => {
  const { events, sampler } = createKernelHarness();
  const pid = events.fork(1);
  events.exit(pid, 2 << 8);
  expect(sampler.counters(true)).toMatchObject({ processesSeen: 1 });
  expect(sampler.take()).toMatchObject([
    { probe_source: 'process.spawned', guest_pid: pid },
    { probe_source: 'process.zombie', guest_pid: pid, exit_code: 2 },
  ]);
});

test('a queue that has failed does not withhold the last records', () => {
  const { events, sampler, sample } = createKernelHarness();
  const pid = events.fork(1);
  sample(0.01);
  events.exit(pid);
  sample(1);
  events.onDrain = () => {
    throw new Error('ended');
  };
  expect(() => sample(1)).toThrow('ended');
  sampler.counters(true);
  expect(sampler.take()).toMatchObject([{ probe_source: 'process.zombie', guest_pid: pid }]);
});
