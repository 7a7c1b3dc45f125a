import { expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness, formatEvent } from '../../support/harness/cursor-sampler.ts';

const setUp = (processes = 20, maxOldFiles = 100) => {
  const kernel = new FakeKernel({ pidMax: 400 });
  kernel.seek(300);
  const pids = Array.from({ length: processes }, () => kernel.fork(1, 'idle', { execed: true }));
  const harness = createCursorHarness({ kernel, maxOldFiles });
  const settle = (ms = 2500) => Array.from({ length: ms / 5 }, () => harness.sample(5)).flat();
  settle();
  return { ...harness, pids, settle };
};

test('old processes are read by their open stat files', () => {
  const { kernel, settle } = setUp();
  kernel.calls.length = 0;
  expect(settle()).toEqual([]);
  expect(kernel.calls.filter((path) => path.endsWith('/stat'))).toEqual([]);
});

test('changes of old processes are found, and the file of one that has exited is closed', () => {
  const { kernel, pids, settle } = setUp();
  const [renamed, zombie, gone] = pids as [number, number, number];
  const openBefore = kernel.open;
  kernel.rename(renamed, 'other');
  kernel.exit(zombie);
  kernel.end(gone);
  const lines = settle().map(formatEvent);
  expect(lines.toSorted()).toEqual([`exec ${renamed} other`, `exited ${gone} idle`, `zombie ${zombie} idle`]);
  expect(kernel.open).toBe(openBefore - 1);
});

test('a reused PID of an old process is reported as exited, then as spawned', () => {
  const { kernel, pids, settle } = setUp();
  const pid = pids[3] as number;
  kernel.end(pid);
  kernel.forkWithPid(1, pid, 'reuser');
  expect(settle(6000).map(formatEvent)).toEqual([`exited ${pid} idle`, `spawned ${pid} reuser`]);
});

test('no more files are open than allowed', () => {
  const { kernel } = setUp(20, 7);
  // With loadavg.
  expect(kernel.open).toBe(8);
});

test('the files are closed when descriptors run out, and at the end', () => {
  const { kernel, sampler, sample, counters } = setUp();
  kernel.maxOpenFiles = kernel.open;
  const pid = kernel.fork(1, 'next', { execed: true });
  expect(sample().map(formatEvent)).toEqual([`spawned ${pid} next`]);
  expect(counters().lastError).toBeUndefined();
  sampler.close();
  expect(kernel.open).toBe(0);
});
