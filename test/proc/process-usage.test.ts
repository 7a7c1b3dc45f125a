import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readPageSize, readUsage } from '../../src/proc/process-usage.ts';
import { openProcReader } from '../../src/proc/reader.ts';
import { FakeKernel } from '../support/fakes/fake-kernel.ts';

const start = () => {
  const kernel = new FakeKernel();
  const pid = kernel.fork(1, 'main', { execed: true });
  const proc = openProcReader(kernel.root, kernel.files);
  const read = () => readUsage(proc, pid, { pageSize: 16_384, nowNs: 5n });
  return { kernel, proc, pid, read, letter: () => read()?.state };
};

test('readUsage returns the state of the main thread', () => {
  const { kernel, pid, letter } = start();
  expect(letter()).toBe('S');
  kernel.exit(pid);
  expect(letter()).toBe('Z');
  kernel.reap(pid);
  expect(letter()).toBeUndefined();
});

test('readUsage returns the state of the busiest thread when the main thread has exited [fault:leader-exited]', () => {
  const { kernel, pid, letter } = start();
  const [first, second] = [kernel.thread(pid), kernel.thread(pid)] as const;
  kernel.exit(pid);
  expect(letter()).toBe('S');
  kernel.setState(first, 'D');
  expect(letter()).toBe('D');
  kernel.setState(second, 'R');
  expect(letter()).toBe('R');
  kernel.exit(first);
  kernel.exit(second);
  expect(letter()).toBe('Z');
});

test('readUsage returns CPU time and memory from the stat file', () => {
  const { kernel, pid, read } = start();
  kernel.use(pid, 42, 3);
  expect(read()).toEqual({ startTicks: 1000, state: 'S', cpuTicks: 42, rssBytes: 49_152, readNs: 5n });
});

test('readPageSize returns the page size of this machine, or 4 KiB when it cannot be read', () => {
  const [, kib] = /^KernelPageSize: +(\d+) kB$/m.exec(readFileSync('/proc/self/smaps', 'utf8')) ?? [];
  expect(readPageSize(openProcReader())).toBe(Number(kib) * 1024);
  expect(readPageSize(start().proc)).toBe(4096);
});
