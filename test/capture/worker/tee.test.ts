import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { BatchOutbox } from '../../../src/capture/worker/outbox.ts';
import { type ControlMessage, Tee } from '../../../src/capture/worker/tee.ts';
import type { Batch, ChurnRecord } from '../../../src/domain/events/event.ts';
import { alert, execed, exited, note, seconds, spawned, walkStatus } from '../../support/fixtures/events.ts';

const setUp = (recorded = { args: true, cgroup: true }) => {
  const { port1, port2 } = new MessageChannel();
  const acked = new Int32Array(new SharedArrayBuffer(4));
  const control: ControlMessage[] = [];
  const mainBatches: Batch[] = [];
  const time = { s: 0, mainAcked: 0 };
  const nowNs = () => seconds(time.s);
  const tee = new Tee({
    mainOutbox: new BatchOutbox({
      post: (batch) => mainBatches.push(batch),
      ackedBatches: () => time.mainAcked,
      nowNs,
    }),
    nextControlMessage: () => control.shift(),
    nowNs,
    recorded,
  });
  return {
    tee,
    time,
    mainBatches,
    acked,
    control,
    subscriber: { port: port1, acked },
    put: (atSeconds: number, ...records: ChurnRecord[]) => {
      time.s = atSeconds;
      for (const record of records) tee.put(record);
      // Each flush posts at most one batch.
      tee.flush(atSeconds * 1000);
      tee.flush(atSeconds * 1000);
    },
    nextMessage: () => receiveMessageOnPort(port2)?.message,
  };
};

test('a late subscriber gets the status, the live processes, and all later records', () => {
  const { tee, subscriber, control, put, nextMessage, mainBatches, time } = setUp();
  time.mainAcked = 100;
  tee.postStatus(walkStatus);
  put(1, spawned(1, 'init', 1, { initial: true }), spawned(2, 'sh', 1));
  put(2, exited(2, 'sh', 2), spawned(3, 'cat', 2));
  control.push({ type: 'setSubscriber', subscriber });
  put(3);
  put(4, exited(3, 'cat', 4));
  control.push({ type: 'setSubscriber', subscriber: undefined });
  put(5);
  put(6, exited(1, 'init', 6));
  expect(nextMessage()).toEqual({ type: 'status', status: walkStatus });
  expect(nextMessage().batch).toMatchObject({
    nowNs: seconds(3),
    records: [
      { guest_pid: 1, initial: true },
      { guest_pid: 3, initial: true, guest_comm: 'cat' },
    ],
  });
  expect(nextMessage().batch.records).toEqual([exited(3, 'cat', 4)]);
  // The last message.
  expect(nextMessage()).toEqual({ type: 'detached' });
  expect(nextMessage()).toBeUndefined();
  expect(mainBatches.flatMap(({ records }) => records)).toHaveLength(6);
});

test('a late subscriber gets the active alerts with the current time', () => {
  const { tee, subscriber, control, put, nextMessage } = setUp();
  tee.postStatus(walkStatus);
  put(1, alert('alive>3', 1), alert('alive>4', 1));
  put(2, alert('alive>3', 2, { ended: true }));
  control.push({ type: 'setSubscriber', subscriber });
  put(3);
  nextMessage();
  expect(nextMessage().batch.records).toEqual([{ ...alert('alive>4', 1), monotonic_ns: seconds(3) }]);
});

test('a note is sent to both receivers, in order with the other records', () => {
  const { tee, subscriber, control, put, nextMessage, mainBatches, time } = setUp();
  time.mainAcked = 100;
  control.push({ type: 'setSubscriber', subscriber });
  put(1, spawned(2, 'sh', 1));
  control.push({ type: 'note', note: note('deployed', 2) });
  put(2, spawned(3, 'cat', 2));
  put(3, exited(3, 'cat', 3));
  // Sent just before the stop.
  control.push({ type: 'note', note: note('done', 4) });
  tee.close(4000);
  const expected = ['process.spawned', 'process.spawned', 'trace.note', 'process.exited', 'trace.note'];
  expect(mainBatches.flatMap(({ records }) => records.map(({ probe_source }) => probe_source))).toEqual(
    expected,
  );
  const second: string[] = [];
  for (let message = nextMessage(); message.type !== 'detached'; message = nextMessage())
    second.push(...message.batch.records.map((record: ChurnRecord) => record.probe_source));
  expect(second).toEqual(expected);
});

test('a stalled receiver drops its own records, and does not delay the other', () => {
  const { tee, subscriber, control, put, nextMessage, mainBatches, time, acked } = setUp();
  control.push({ type: 'setSubscriber', subscriber });
  put(0);
  // Far more than the outbox queues for a stalled receiver.
  const processCount = 50_000;
  let received = 0;
  for (let pid = 1; pid <= processCount; pid += 1000) {
    const pids = Array.from({ length: 1000 }, (_, index) => pid + index);
    put(pid, ...pids.flatMap((childPid) => [spawned(childPid, 'a', pid), exited(childPid, 'a', pid)]));
    for (let message = nextMessage(); message; message = nextMessage()) {
      Atomics.add(acked, 0, 1);
      received += message.batch.records.length;
    }
  }
  expect(received).toBe(2 * processCount);
  expect(mainBatches.length).toBeLessThan(10);
  expect(tee.dropped).toBeGreaterThan(0);
  time.mainAcked = mainBatches.length;
  tee.close(1e9);
  const gaps = mainBatches.at(-1)?.records.filter(({ probe_source }) => probe_source === 'trace.gap');
  expect(gaps).toMatchObject([{ reason: 'dropped', events: tee.dropped }]);
});

test('a subscriber gets no arguments and cgroups that are read for the screen only', () => {
  const { tee, subscriber, control, put, nextMessage, mainBatches, time } = setUp({
    args: false,
    cgroup: false,
  });
  time.mainAcked = 100;
  const read = { args: ['mysql', '-psecret'], cgroup: '/user.slice' };
  put(1, spawned(1, 'mysql', 1, read));
  control.push({ type: 'setSubscriber', subscriber });
  put(2);
  put(3, spawned(2, 'mysql', 3, read), execed(2, 'mysqldump', 3, read));
  tee.close(4000);
  expect(mainBatches.flatMap(({ records }) => records)).toHaveLength(3);
  expect(mainBatches.flatMap(({ records }) => records).every((record) => 'args' in record)).toBe(true);
  const received: ChurnRecord[] = [];
  for (let message = nextMessage(); message; message = nextMessage())
    received.push(...(message.batch?.records ?? []));
  expect(received).toHaveLength(3);
  for (const record of received) {
    expect(record).not.toHaveProperty('args');
    expect(record).not.toHaveProperty('cgroup');
  }
});
