import { afterEach, beforeEach, expect, test } from 'vitest';
import { openThreadCpu } from '../../../src/capture/worker/thread-cpu.ts';
import { openProcReader } from '../../../src/proc/reader.ts';

const told = process.threadCpuUsage;

/** As in Node before 22.19. */
beforeEach(() => {
  Object.defineProperty(process, 'threadCpuUsage', { value: undefined, configurable: true });
});
afterEach(() => {
  Object.defineProperty(process, 'threadCpuUsage', { value: told, configurable: true, writable: true });
});

/** A /proc of so many files by path, held open by their place in the list. */
const procOf = (texts: Record<string, string>) => {
  const paths = Object.keys(texts);
  const missing = () => Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  return openProcReader('/proc', {
    list: () => ['1'],
    open(path) {
      const at = paths.indexOf(path.slice('/proc/'.length));
      if (at < 0) throw missing();
      return at;
    },
    read: (fd) => Buffer.from(texts[paths[fd] as string] as string),
    readInto: () => 0,
    buffer: new Uint8Array(0),
    exists: () => false,
    readLink: () => '',
    ownerUid: () => 0,
    close: () => {},
  });
};

test('by the account of the scheduler, in nanoseconds', () => {
  expect(openThreadCpu(procOf({ 'thread-self/schedstat': '1234500000 9 7\n' }))()).toBe(1234.5);
});

test('by the ticks in stat where the kernel keeps no such account, whatever the thread is called', () => {
  const stat = `7 (a) 9) S 1 1 1 0 -1 4194304 0 0 0 0 12 3 0 0 20 0 1 0 1000\n`;
  expect(openThreadCpu(procOf({ 'thread-self/stat': stat }))()).toBe(150);
});

test('unknown is taken for nothing: a budget that cannot be measured is not enforced', () => {
  expect(openThreadCpu(procOf({}))()).toBe(0);
});

test('by Node, where it tells', () => {
  Object.defineProperty(process, 'threadCpuUsage', {
    value: () => ({ user: 1500, system: 500 }),
    configurable: true,
  });
  expect(openThreadCpu(procOf({}))()).toBe(2);
});
