import { expect, test } from 'vitest';
import { openProcReader } from '../../src/proc/reader.ts';
import { readStateLetter } from '../../src/proc/state-letter.ts';
import { FakeKernel } from '../support/fakes/fake-kernel.ts';

const start = () => {
  const kernel = new FakeKernel();
  const pid = kernel.fork(1, 'main', { execed: true });
  return { kernel, pid, letter: () => readStateLetter(openProcReader(kernel.root, kernel.files), pid) };
};

test('readStateLetter returns the state of the main thread', () => {
  const { kernel, pid, letter } = start();
  expect(letter()).toBe('S');
  kernel.exit(pid);
  expect(letter()).toBe('Z');
  kernel.reap(pid);
  expect(letter()).toBeUndefined();
});

test('readStateLetter returns the state of the busiest thread when the main thread has exited [fault:leader-exited]', () => {
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
