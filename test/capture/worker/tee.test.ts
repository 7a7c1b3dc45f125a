import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openOutbox } from '../../../src/capture/worker/outbox.ts';
import { type ControlMessage, openTee } from '../../../src/capture/worker/tee.ts';
import type { Batch, ChurnRecord } from '../../../src/domain/events/event.ts';
import { alert, exited, note, seconds, spawned, walkStatus } from '../../support/fixtures/events.ts';

const setUp = () => {
  const { port1, port2 } = new MessageChannel();
  const acked = new Int32Array(new SharedArrayBuffer(4));
  const orders: ControlMessage[] = [];
  const first: Batch[] = [];
  const time = { s: 0, firstTaken: 0 };
  const nowNs = () => seconds(time.s);
  const tee = openTee({
    first: openOutbox({ post: (batch) => first.push(batch), ackedBatches: () => time.firstTaken, nowNs }),
    takeControl: () => orders.shift(),
    nowNs,
  });
  return {
    tee,
    time,
    first,
    acked,
    orders,
    feed: { port: port1, acked },
    see: (at: number, ...records: ChurnRecord[]) => {
      time.s = at;
      for (const record of records) tee.outbox.put(record);
      // One post a look.
      tee.outbox.flush(at * 1000);
      tee.outbox.flush(at * 1000);
    },
    next: () => receiveMessageOnPort(port2)?.message,
  };
};

test('a listener that comes late is told the status and who is alive by then, and from there on everything', () => {
  const { tee, feed, orders, see, next, first, time } = setUp();
  time.firstTaken = 100;
  tee.status(walkStatus);
  see(1, spawned(1, 'init', 1, { initial: true }), spawned(2, 'sh', 1));
  see(2, exited(2, 'sh', 2), spawned(3, 'cat', 2));
  orders.push({ type: 'tee', feed });
  see(3);
  see(4, exited(3, 'cat', 4));
  orders.push({ type: 'tee', feed: undefined });
  see(5);
  see(6, exited(1, 'init', 6));
  expect(next()).toEqual({ type: 'status', status: walkStatus });
  expect(next().batch).toMatchObject({
    nowNs: seconds(3),
    records: [
      { guest_pid: 1, initial: true },
      { guest_pid: 3, initial: true, guest_comm: 'cat' },
    ],
  });
  expect(next().batch.records).toEqual([exited(3, 'cat', 4)]);
  // Whoever stops listening is told that nothing follows.
  expect(next()).toEqual({ type: 'detached' });
  expect(next()).toBeUndefined();
  expect(first.flatMap(({ records }) => records)).toHaveLength(6);
});

test('a listener that comes late is told of the alerts that hold, as of now', () => {
  const { tee, feed, orders, see, next } = setUp();
  tee.status(walkStatus);
  see(1, alert('alive>3', 1), alert('alive>4', 1));
  see(2, alert('alive>3', 2, { ended: true }));
  orders.push({ type: 'tee', feed });
  see(3);
  next();
  expect(next().batch.records).toEqual([{ ...alert('alive>4', 1), monotonic_ns: seconds(3) }]);
});

test('a note comes to both listeners, in its place among what is seen', () => {
  const { tee, feed, orders, see, next, first, time } = setUp();
  time.firstTaken = 100;
  orders.push({ type: 'tee', feed });
  see(1, spawned(2, 'sh', 1));
  orders.push({ type: 'note', note: note('deployed', 2) });
  see(2, spawned(3, 'cat', 2));
  see(3, exited(3, 'cat', 3));
  // Typed right before the end.
  orders.push({ type: 'note', note: note('done', 4) });
  tee.outbox.close(4000);
  const story = ['process.spawned', 'process.spawned', 'trace.note', 'process.exited', 'trace.note'];
  expect(first.flatMap(({ records }) => records.map(({ probe_source }) => probe_source))).toEqual(story);
  const second: string[] = [];
  for (let message = next(); message.type !== 'detached'; message = next())
    second.push(...message.batch.records.map((record: ChurnRecord) => record.probe_source));
  expect(second).toEqual(story);
});

test('neither listener waits for the other, and each loses only its own', () => {
  const { tee, feed, orders, see, next, first, time, acked } = setUp();
  orders.push({ type: 'tee', feed });
  see(0);
  // Far more than is held for a receiver that takes nothing.
  const many = 50_000;
  let got = 0;
  for (let pid = 1; pid <= many; pid += 1000) {
    const pids = Array.from({ length: 1000 }, (_, index) => pid + index);
    see(pid, ...pids.flatMap((born) => [spawned(born, 'a', pid), exited(born, 'a', pid)]));
    for (let message = next(); message; message = next()) {
      Atomics.add(acked, 0, 1);
      got += message.batch.records.length;
    }
  }
  expect(got).toBe(2 * many);
  expect(first.length).toBeLessThan(10);
  expect(tee.outbox.dropped()).toBeGreaterThan(0);
  time.firstTaken = first.length;
  tee.outbox.close(1e9);
  const gaps = first.at(-1)?.records.filter(({ probe_source }) => probe_source === 'trace.gap');
  expect(gaps).toMatchObject([{ reason: 'dropped', events: tee.outbox.dropped() }]);
});
