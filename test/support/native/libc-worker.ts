import { parentPort, workerData } from 'node:worker_threads';
import { loadLibc } from '../../../src/native/load-libc.ts';
import { openNetlink, request, sequenceOf } from './netlink.ts';

/** What the libc functions returned, or why there are none. */
export type LibcResult = {
  name?: string;
  errors?: readonly number[];
  timeout?: number;
  sent?: number;
  ready?: number;
  received?: number;
  sequences?: readonly number[];
  reason?: string;
};

/** Calls each libc function. */
export const callLibc = (importer: string): LibcResult => {
  try {
    const libc = loadLibc(importer);
    const fd = openNetlink(libc);
    const batch = libc.createMessageBatch({ messages: 8, messageBytes: 64, addressBytes: 12 });
    const errors = [
      libc.recvmmsg(fd, batch),
      libc.pidfdOpen(2 ** 22 + 1),
      libc.ioctl(fd, 0x541b, batch.content),
    ];
    const timeout = libc.poll(fd, 10);
    const sent = libc.send(fd, request(1), 0);
    libc.send(fd, request(2), 0);
    const ready = libc.poll(fd, 1_000);
    const received = libc.recvmmsg(fd, batch);
    const sequences = [sequenceOf(batch, 0), sequenceOf(batch, 1)];
    errors.push(libc.close(fd), libc.close(fd));
    return { name: libc.name, errors, timeout, sent, ready, received, sequences };
  } catch (error) {
    return { reason: `${error}` };
  }
};

if (parentPort) parentPort.postMessage(callLibc(workerData.importer));
