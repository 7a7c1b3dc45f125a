import { afterEach, beforeEach, expect, test } from 'vitest';
import { openThreadCpu } from '../../../src/capture/worker/thread-cpu.ts';
import { openProcReader } from '../../../src/proc/reader.ts';

const { threadCpuUsage } = process;

/** Node before 22.19 does not have it. */
beforeEach(() => {
  Object.defineProperty(process, 'threadCpuUsage', { value: undefined, configurable: true });
});
afterEach(() => {
  Object.defineProperty(process, 'threadCpuUsage', {
    value: threadCpuUsage,
    configurable: true,
    writable: true,
  });
});

/** A /proc with these texts by path. The descriptor of a file is its index. */
const procOf = (texts: Record<string, string>) => {
  const paths = Object.keys(texts);
  const missing = () => Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  return openProcReader('/proc', {
    list: () => ['1'],
    open(path) {
      const index = paths.indexOf(path.slice('/proc/'.length));
      if (index < 0) throw missing();
      return index;
    },
    read: (fd) => Buffer.from(texts[paths[fd] as string] as string),
    readInto: () => 0,
    buffer: new Uint8Array(0),
    exists: () => false,
    readLink: () => '',
    ownerUid: () => 0,
    taskExists: () => false,
    close: () => {},
  });
};

test('the CPU time is read from schedstat in nanoseconds', () => {
  expect(openThreadCpu(procOf({ 'thread-self/schedstat': '1234500000 9 7\n' }))()).toBe(1234.5);
});

test('the CPU time is read from stat in ticks when there is no schedstat, with any comm', () => {
  const stat = `7 (a) 9) S 1 1 1 0 -1 4194304 0 0 0 0 12 3 0 0 20 0 1 0 1000\n`;
  expect(openThreadCpu(procOf({ 'thread-self/stat': stat }))()).toBe(150);
});

test('the CPU time is 0 when it cannot be read, so that no limit applies', () => {
  expect(openThreadCpu(procOf({}))()).toBe(0);
});

test('the CPU time is read from Node when it is available', () => {
  Object.defineProperty(process, 'threadCpuUsage', {
    value: () => ({ user: 1500, system: 500 }),
    configurable: true,
  });
  expect(openThreadCpu(procOf({}))()).toBe(2);
});
