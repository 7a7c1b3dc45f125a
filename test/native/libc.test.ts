import { closeSync, openSync, readlinkSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import { loadLibc } from '../../src/native/load-libc.ts';
import { noop, openNetlink, request, sequenceOf, unknownType } from '../support/native/netlink.ts';

const { EAGAIN, EBADF, EINVAL, ENOTTY, ESRCH } = constants.errno;
const solSocket = 1;
const soRcvbuf = 8;
const ackBytes = 36;

const libc = loadLibc();
const open: number[] = [];
const openSocket = () => {
  const fd = openNetlink(libc);
  open.push(fd);
  return fd;
};
afterEach(() => {
  for (const fd of open.splice(0)) expect(libc.close(fd)).toBe(0);
});

test('the library has a name with its version', () => {
  expect(libc.name).toMatch(/^(koffi \d+\.\d+\.\d+|node:ffi)$/);
});

describe('errors', () => {
  test('a failed call returns -errno', () => {
    expect(libc.socket(9999, 1, 0)).toBe(-constants.errno.EAFNOSUPPORT);
    expect(libc.close(-1)).toBe(-EBADF);
    expect(libc.bind(-1, new Uint8Array(12))).toBe(-EBADF);
    expect(libc.send(-1, new Uint8Array(12), 0)).toBe(-EBADF);
    expect(libc.setsockopt(-1, solSocket, soRcvbuf, new Uint8Array(4))).toBe(-EBADF);
    expect(libc.getsockopt(-1, solSocket, soRcvbuf, new Uint8Array(4))).toBe(-EBADF);
    expect(libc.setsockopt(openSocket(), solSocket, soRcvbuf, new Uint8Array(1))).toBe(-EINVAL);
  });
});

describe('options of a socket', () => {
  test('getsockopt reads what setsockopt wrote', () => {
    const fd = openSocket();
    const value = new Int32Array([10_000]);
    expect(libc.setsockopt(fd, solSocket, soRcvbuf, new Uint8Array(value.buffer))).toBe(0);
    const read = new Int32Array(4);
    expect(libc.getsockopt(fd, solSocket, soRcvbuf, new Uint8Array(read.buffer))).toBe(4);
    // The kernel doubles the size for its own needs.
    expect([...read]).toEqual([20_000, 0, 0, 0]);
  });
});

describe('poll', () => {
  test('it returns 0 after the timeout when nothing is queued', () => {
    const fd = openSocket();
    const before = performance.now();
    expect(libc.poll(fd, 30)).toBe(0);
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
    expect(libc.poll(fd, 0)).toBe(0);
  });

  test('it returns 1 at once when a datagram is queued', () => {
    const fd = openSocket();
    expect(libc.send(fd, request(1), 0)).toBe(16);
    const before = performance.now();
    expect(libc.poll(fd, 5_000)).toBe(1);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('recvmmsg', () => {
  const options = { messages: 8, messageBytes: 64, addressBytes: 12 };

  test('it returns -EAGAIN when nothing is queued', () => {
    expect(libc.recvmmsg(openSocket(), libc.createMessageBatch(options))).toBe(-EAGAIN);
  });

  test('it receives all queued datagrams in order, as many as fit', () => {
    const fd = openSocket();
    const batch = libc.createMessageBatch(options);
    for (let sequence = 0; sequence < 20; sequence++) libc.send(fd, request(sequence), 0);
    const received: number[] = [];
    const counts: number[] = [];
    for (;;) {
      const count = libc.recvmmsg(fd, batch);
      counts.push(count);
      if (count < 0) break;
      for (let index = 0; index < count; index++) {
        expect(batch.lengthOf(index)).toBe(ackBytes);
        received.push(sequenceOf(batch, index));
        const sender = batch.addresses.subarray(index * 12, index * 12 + 12);
        expect([...sender]).toEqual([16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      }
    }
    expect(counts).toEqual([8, 8, 4, -EAGAIN]);
    expect(received).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test('a datagram that is too long is cut off, and its length is reported', () => {
    const fd = openSocket();
    const batch = libc.createMessageBatch(options);
    libc.send(fd, request(1, unknownType, 100), 0);
    libc.send(fd, request(2, noop), 0);
    expect(libc.recvmmsg(fd, batch)).toBe(2);
    expect(batch.lengthOf(0)).toBeGreaterThan(64);
    expect(batch.lengthOf(1)).toBe(ackBytes);
    expect([sequenceOf(batch, 0), sequenceOf(batch, 1)]).toEqual([1, 2]);
  });

  test('buffers stay valid after garbage collections', () => {
    const fd = openSocket();
    const batch = libc.createMessageBatch(options);
    for (let round = 0; round < 200; round++) {
      Array.from({ length: 2_000 }, (_, index) => new Uint8Array(index % 60));
      libc.send(fd, request(round), 0);
      expect(libc.poll(fd, 1_000)).toBe(1);
      expect(libc.recvmmsg(fd, batch)).toBe(1);
      expect(sequenceOf(batch, 0)).toBe(round);
    }
  });
});

describe('pidfdOpen', () => {
  test('it opens a descriptor of a process', () => {
    const fd = libc.pidfdOpen(process.pid);
    expect(fd).toBeGreaterThan(2);
    expect(readlinkSync(`/proc/self/fd/${fd}`)).toContain('pidfd');
    closeSync(fd);
  });

  test('it returns -ESRCH for a process that does not exist', () => {
    expect(libc.pidfdOpen(2 ** 22 + 1)).toBe(-ESRCH);
    expect(libc.pidfdOpen(-1)).toBe(-EINVAL);
  });
});

describe('scheduling attributes of the thread', () => {
  test('schedSetattr writes what schedGetattr reads', () => {
    const attributes = new Uint8Array(new ArrayBuffer(56));
    expect(libc.schedGetattr(attributes)).toBe(0);
    expect(new DataView(attributes.buffer).getUint32(0, true)).toBe(56);
    expect(libc.schedSetattr(attributes)).toBe(0);
  });

  test('they return -errno for a size that the kernel does not know', () => {
    expect(libc.schedGetattr(new Uint8Array(new ArrayBuffer(8)))).toBe(-EINVAL);
    const unknownPolicy = new Uint8Array(new ArrayBuffer(56));
    new DataView(unknownPolicy.buffer).setUint32(4, 99, true);
    expect(libc.schedSetattr(unknownPolicy)).toBe(-EINVAL);
  });
});

describe('ioctl', () => {
  const fionread = 0x541b;

  test('it writes to its argument', () => {
    const fd = openSync('package.json', 'r');
    open.push(fd);
    const length = new Int32Array([-1]);
    expect(libc.ioctl(fd, fionread, new Uint8Array(length.buffer))).toBe(0);
    expect(length[0]).toBe(statSync('package.json').size);
  });

  test('it returns -ENOTTY for a request that the file does not know', () => {
    expect(libc.ioctl(openSocket(), fionread, new Uint8Array(4))).toBe(-ENOTTY);
  });
});
