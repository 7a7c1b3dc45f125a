import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness, formatEvent } from '../../support/harness/cursor-sampler.ts';

describe('exec', () => {
  test('a forked process is read until it execs', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1);
    expect(sample()).toMatchObject([{ probe_source: 'process.spawned', guest_comm: 'init' }]);
    kernel.exec(pid, 'worker');
    expect(sample(0.5)).toMatchObject([
      { probe_source: 'process.exec', guest_comm: 'worker', previous_comm: 'init', window_ns: 500_000n },
    ]);
  });

  test('reads for an exec back off, and nothing is read in between', () => {
    const { kernel, sample, clock } = createCursorHarness();
    const pid = kernel.fork(1, 'forked');
    sample();
    const reads: number[] = [];
    kernel.onRead = (path) => {
      if (path === `${pid}/stat`) reads.push(clock.nowMs());
    };
    for (let samples = 0; samples < 400; samples++) sample(0.25);
    const delays = reads.map((readMs, index) => readMs - (reads[index - 1] ?? 0));
    expect(reads.length).toBeGreaterThan(5);
    expect(reads.length).toBeLessThan(20);
    expect(delays.slice(1)).toEqual(delays.slice(1).toSorted((a, b) => a - b));
  });

  test('a rescan finds the exec of an old process', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'sh');
    sample();
    sample(2000);
    kernel.exec(pid, 'late');
    const events = Array.from({ length: 60 }, () => sample(50)).flat();
    expect(events.map(formatEvent)).toEqual([`exec ${pid} late`]);
  });

  test.each([
    { processes: 20, sampleMs: 2, costMs: 0, least: 20, most: 100 },
    { processes: 1000, sampleMs: 2, costMs: 0, least: 950, most: 1050 },
    { processes: 2000, sampleMs: 900, costMs: 0, least: 1900, most: 2100 },
    // At most 0.3 % of the time, so some 60 reads of 0.05 ms.
    { processes: 5000, sampleMs: 2, costMs: 0.05, least: 50, most: 95 },
  ])(
    'a rescan reads $processes old processes once a second if the reads are fast [fault:late-zombie]',
    ({ processes, sampleMs, costMs, least, most }) => {
      const kernel = new FakeKernel();
      for (let count = 0; count < processes; count++) kernel.fork(1, 'idle', { execed: true });
      const { sample, clock } = createCursorHarness({ kernel });
      kernel.onRead = (path) => {
        if (path.endsWith('/stat')) clock.advance(costMs);
      };
      const startMs = clock.nowMs();
      while (clock.nowMs() < startMs + 1500) sample(sampleMs);
      kernel.calls.length = 0;
      const fromMs = clock.nowMs();
      while (clock.nowMs() < fromMs + 2700) sample(sampleMs);
      const perSecond =
        kernel.calls.filter((path) => path.endsWith('/stat')).length / ((clock.nowMs() - fromMs) / 1000);
      expect(perSecond).toBeGreaterThanOrEqual(least);
      expect(perSecond).toBeLessThanOrEqual(most);
    },
  );

  test.each([
    { name: 'a zombie', change: (kernel: FakeKernel, pid: number) => kernel.exit(pid), expected: 'zombie' },
    {
      name: 'an exec',
      change: (kernel: FakeKernel, pid: number) => kernel.exec(pid, 'other'),
      expected: 'exec',
    },
    {
      name: 'a new name',
      change: (kernel: FakeKernel, pid: number) => kernel.rename(pid, 'other'),
      expected: 'exec',
    },
  ])('$name among 2,000 idle processes is found within a second', ({ change, expected }) => {
    const kernel = new FakeKernel();
    const pids = Array.from({ length: 2000 }, () => kernel.fork(1, 'idle', { execed: true }));
    const { sample } = createCursorHarness({ kernel });
    for (let samples = 0; samples < 1000; samples++) sample(2);
    const pid = pids[1234] as number;
    change(kernel, pid);
    const events = Array.from({ length: 520 }, () => sample(2)).flat();
    expect(events).toMatchObject([{ probe_source: `process.${expected}`, guest_pid: pid }]);
  });

  test('a rescan skips kernel threads', () => {
    const kernel = new FakeKernel();
    for (let count = 0; count < 300; count++) kernel.fork(2, 'kworker', { kthread: true });
    const last = kernel.fork(1, 'idle', { execed: true });
    const { sample } = createCursorHarness({ kernel });
    sample(1);
    kernel.calls.length = 0;
    for (let samples = 0; samples < 500; samples++) sample(2);
    const read = new Set(kernel.calls.filter((path) => path.endsWith('/stat')));
    expect([...read].sort()).toEqual(['/proc/1/stat', `/proc/${last}/stat`].sort());
  });

  test('walks happen once in five seconds while nothing changes, and once per second otherwise', () => {
    const { kernel, sample } = createCursorHarness();
    const countWalks = (seconds: number, ms: number) => {
      kernel.calls.length = 0;
      for (let samples = 0; samples < (seconds * 1000) / ms; samples++) {
        if (ms > 2) kernel.thread(1);
        sample(ms);
      }
      return kernel.calls.filter((path) => path === '/proc').length;
    };
    sample();
    expect(countWalks(60, 2)).toBe(12);
    expect(countWalks(60, 100)).toBeGreaterThanOrEqual(59);
  });

  test('a kernel worker that changes its comm reports no exec', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'kworker/0:1', { kthread: true });
    expect(sample()).toMatchObject([{ kthread: true }]);
    kernel.rename(pid, 'kworker/0:1-events');
    expect(sample(100)).toEqual([]);
  });
});

describe('exits', () => {
  test('a recent process exits in the first sample after its exit, without a walk', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'short', { execed: true });
    sample();
    sample(100);
    kernel.calls.length = 0;
    kernel.end(pid);
    expect(sample(0.25)).toMatchObject([
      { probe_source: 'process.exited', guest_pid: pid, guest_comm: 'short', lifetime_ns: 100_250_000n },
    ]);
    expect(kernel.calls).toEqual([]);
    expect(kernel.open).toBe(1);
  });

  test('an exit has the time since the last sample as its window when the task count is exact', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'short', { execed: true });
    sample();
    sample(50);
    sample(0.5);
    kernel.end(pid);
    expect(sample(0.25)).toMatchObject([{ window_ns: 250_000n }]);
  });

  test('an exit window reaches back to the last reading when the task count includes other PID namespaces', () => {
    const { kernel, sample, clock } = createCursorHarness({ ownTaskCount: false });
    const pid = kernel.fork(1, 'short', { execed: true });
    for (let samples = 0; samples < 300; samples++) sample(1);
    const exitNs = clock.nowNs();
    kernel.end(pid);
    kernel.addOutsideTasks(1);
    const events = Array.from({ length: 60 }, () => sample(1)).flat();
    expect(events.map(formatEvent)).toEqual([`exited ${pid} short`]);
    const [event] = events;
    expect((event?.guest_monotonic_ns ?? 0n) - (event?.window_ns ?? 0n)).toBeLessThanOrEqual(exitNs);
  });

  test('an exit is found when spawns in other PID namespaces hide it in the task count', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'short', { execed: true });
    sample();
    kernel.end(pid);
    kernel.addOutsideTasks(1);
    const events = Array.from({ length: 60 }, () => sample(1)).flat();
    expect(events.map(formatEvent)).toEqual([`exited ${pid} short`]);
  });

  test('a walk finds the exit of an old process when the task count falls', () => {
    const { kernel, sampleText } = createCursorHarness();
    const pid = kernel.fork(1, 'old', { execed: true });
    sampleText();
    sampleText(1500);
    expect(kernel.open).toBe(1);
    kernel.end(pid);
    const events = [sampleText(1), sampleText(1), sampleText(1)].flat();
    expect(events).toEqual([`exited ${pid} old`]);
  });

  test('a recent process that becomes a zombie is reported without a change of the loadavg numbers', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'dead', { execed: true });
    sample();
    kernel.exit(pid, 9);
    const events = Array.from({ length: 60 }, () => sample(1)).flat();
    expect(events).toMatchObject([
      { probe_source: 'process.zombie', guest_pid: pid, guest_ppid: 1, exit_signal: 9 },
    ]);
    kernel.reap(pid);
    expect(sample()).toMatchObject([{ probe_source: 'process.exited', exit_signal: 9 }]);
  });

  test('a process is alive when its main thread has exited and others run', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'main', { execed: true });
    kernel.thread(pid);
    sample();
    kernel.exit(pid);
    for (let samples = 0; samples < 2000; samples++) expect(sample(1)).toEqual([]);
  });

  test('a process keeps its spawner as the parent after it is reparented', () => {
    const { kernel, sample } = createCursorHarness();
    const parent = kernel.fork(1, 'parent', { execed: true });
    const pid = kernel.fork(parent, 'child', { execed: true });
    expect(sample()).toMatchObject([{}, { guest_pid: pid, guest_ppid: parent }]);
    kernel.end(parent);
    kernel.reparent(pid, 1);
    expect(sample().map(formatEvent)).toEqual([`exited ${parent} parent`]);
    expect(sample(2000)).toEqual([]);
  });

  test('an audit finds a process with an explicit PID once', () => {
    const { kernel, sampleText, counters } = createCursorHarness();
    sampleText();
    kernel.forkWithPid(1, 5000, 'restored');
    expect(sampleText(1)).toEqual([]);
    expect(sampleText(1000)).toEqual(['spawned 5000 restored']);
    expect(counters()).toMatchObject({ allocatedPids: 1, processesSeen: 1, missedTasks: 0 });
  });

  test('a pending PID that an audit finds is reported and counted once', () => {
    const { kernel, sample, sampleText, counters } = createCursorHarness();
    sample(999);
    const pid = kernel.fork(1, 'late', { execed: true, invisible: 3 });
    kernel.onList = () => kernel.appear(pid);
    expect(sampleText(1)).toEqual([`spawned ${pid} late`]);
    for (let samples = 0; samples < 10; samples++) expect(sampleText(300)).toEqual([]);
    expect(counters()).toMatchObject({ allocatedPids: 1, processesSeen: 1, missedTasks: 0, pendingPids: 0 });
  });

  test('a missed PID that an audit finds is no longer missed', () => {
    const { kernel, sample, sampleText, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'later', { execed: true, invisible: 100 });
    for (let samples = 0; samples < 5; samples++) sample();
    expect(counters()).toMatchObject({ missedTasks: 1, pendingPids: 0 });
    kernel.appear(pid);
    expect(sampleText(1000)).toEqual([`spawned ${pid} later`]);
    expect(counters()).toMatchObject({ allocatedPids: 1, processesSeen: 1, missedTasks: 0 });
  });
});

describe('descriptors', () => {
  test('descriptors are closed after a second', () => {
    const { kernel, sample } = createCursorHarness();
    for (let count = 0; count < 10; count++) kernel.fork(1, 'x', { execed: true });
    sample();
    expect(kernel.open).toBe(11);
    sample(500);
    expect(kernel.open).toBe(11);
    sample(501);
    expect(kernel.open).toBe(1);
  });

  test('descriptors stay within the limit, and walks find the exits of the other processes', () => {
    const { kernel, sample } = createCursorHarness({ maxOpenStats: 4 });
    const pids = Array.from({ length: 10 }, () => kernel.fork(1, 'x', { execed: true }));
    sample();
    expect(kernel.open).toBe(5);
    for (const pid of pids) kernel.end(pid);
    const events = [sample(), sample(), sample(), sample()].flat().map(formatEvent);
    expect(events.toSorted()).toEqual(pids.map((pid) => `exited ${pid} x`).toSorted());
  });
});
