import { describe, expect, test } from 'vitest';
import { coverageOf, type SourceStatus } from '../../../src/domain/source/event-source.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';

const coverage = (counters: object) => coverageOf(counters as SourceStatus);

/** Samples until every PID is resolved. */
const settle = ({ sample }: ReturnType<typeof createCursorHarness>, samples = 8) => {
  for (let count = 0; count < samples; count++) sample();
};

describe.each([
  { title: 'the initial namespace', ownTaskCount: true },
  { title: 'another namespace', ownTaskCount: false },
])('the PID counter moves without a spawn in $title', ({ ownTaskCount }) => {
  const setUp = (pidMax = 32768) => {
    const harness = createCursorHarness({ kernel: new FakeKernel({ pidMax }), ownTaskCount });
    for (let count = 0; count < 10; count++) harness.kernel.fork(1, 'seen', { execed: true });
    harness.sample();
    return harness;
  };

  test('1,000 failed forks are not missed [fault:fork-fails]', () => {
    const harness = setUp();
    for (let count = 0; count < 100; count++) {
      harness.kernel.failFork(10);
      harness.sample();
    }
    settle(harness);
    const counters = harness.counters();
    expect(counters).toMatchObject({ missedTasks: 0, pendingPids: 0, processesSeen: 10, allocatedPids: 10 });
    expect(coverage(counters)).toBe(1);
  });

  test.each([
    { name: 'forward', pids: [20_000] },
    { name: 'forward and back', pids: [20_000, 5_000] },
    { name: 'below the reserved PIDs', pids: [20_000, 100, 50] },
    { name: 'to the end', pids: [32_767] },
  ])('a counter that is set $name has missed nothing [fault:pid-counter-set]', ({ pids }) => {
    const harness = setUp();
    for (const pid of pids) {
      harness.kernel.seek(pid);
      harness.sample();
      harness.kernel.fork(1, 'next', { execed: true });
      settle(harness, 600);
    }
    const counters = harness.counters();
    expect(counters).toMatchObject({ missedTasks: 0, pendingPids: 0, processesSeen: 10 + pids.length });
    expect(coverage(counters)).toBe(1);
  });

  test('tasks that spawned and exited among failed forks are missed', () => {
    const harness = setUp();
    harness.kernel.failFork(50);
    harness.kernel.burn(3);
    harness.kernel.failFork(50);
    settle(harness);
    expect(harness.counters()).toMatchObject({ missedTasks: 3, pendingPids: 0, allocatedPids: 13 });
  });

  test('a process that becomes visible after its PID was abandoned is seen', () => {
    const harness = setUp();
    harness.kernel.failFork(20);
    const pid = harness.kernel.fork(1, 'late', { execed: true, invisible: 6 });
    settle(harness);
    harness.kernel.appear(pid);
    harness.sample(2000);
    expect(harness.counters()).toMatchObject({ missedTasks: 0, pendingPids: 0, processesSeen: 11 });
  });

  test('the end of the capture confirms the remaining tasks', () => {
    const harness = setUp();
    harness.kernel.burn(2);
    settle(harness);
    expect(harness.sampler.counters(true)).toMatchObject({ missedTasks: 2, pendingPids: 0 });
  });

  test.each([
    { name: 'cannot be read', text: undefined },
    { name: 'has no count', text: 'cpu 0 0\n' },
    { name: 'counts backwards', text: 'processes 0\n' },
    { name: 'counts nothing', text: 'processes 11\n' },
  ])('every PID without a task is missed if /proc/stat $name', ({ text }) => {
    const harness = setUp();
    if (text === undefined) harness.kernel.fail('stat', 'EACCES');
    harness.kernel.statText = text;
    for (let count = 0; count < 10; count++) {
      harness.kernel.fork(1, 'seen', { execed: true });
      harness.sample(20);
    }
    harness.kernel.failFork(7);
    settle(harness);
    expect(harness.counters()).toMatchObject({ missedTasks: 7, pendingPids: 0 });
  });

  test('the count is found after thousands of interrupts', () => {
    const harness = setUp();
    harness.kernel.statText = `cpu 0\nintr ${'0 '.repeat(30_000)}\nprocesses ${harness.kernel.forks}\n`;
    harness.kernel.failFork(7);
    settle(harness);
    expect(harness.counters()).toMatchObject({ missedTasks: 0, pendingPids: 0 });
  });
});

test('forks elsewhere are at most as many missed tasks as PIDs were passed at the same time', () => {
  const { kernel, sample, counters } = createCursorHarness({ ownTaskCount: false });
  for (let count = 0; count < 100; count++) {
    kernel.forks += 5;
    kernel.addOutsideTasks(1);
    sample(20);
  }
  kernel.failFork(1000);
  kernel.forks += 2;
  for (let count = 0; count < 100; count++) {
    sample();
    kernel.forks += 5;
  }
  expect(counters().missedTasks).toBeLessThanOrEqual(7);
});

test('a fork that is counted after its PID was abandoned is missed', () => {
  const harness = createCursorHarness({ ownTaskCount: false });
  harness.sample();
  harness.kernel.failFork(1);
  settle(harness);
  expect(harness.counters()).toMatchObject({ missedTasks: 0, pendingPids: 0 });
  harness.kernel.forks++;
  for (let count = 0; count < 2; count++) {
    harness.kernel.fork(1, 'seen', { execed: true });
    settle(harness, 20);
  }
  expect(harness.counters()).toMatchObject({ missedTasks: 1, pendingPids: 0, allocatedPids: 3 });
});

test('the fork count is read only when a task seems missed', () => {
  const { kernel, sample, counters } = createCursorHarness();
  kernel.calls.length = 0;
  for (let count = 0; count < 50; count++) {
    kernel.end(kernel.fork(1, 'seen', { execed: true }));
    sample();
    kernel.fork(1, 'seen', { execed: true });
    sample();
  }
  for (let count = 0; count < 10; count++) sample(1000);
  const readsBefore = kernel.calls.filter((path) => path === '/proc/stat').length;
  expect(readsBefore).toBe(0);
  counters();
  expect(kernel.calls).toContain('/proc/stat');
});
