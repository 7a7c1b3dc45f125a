import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { maxReaders, type ReaderRequest, type RecordRequest } from '../../../src/capture/reader/protocol.ts';
import { EnrichingOutbox } from '../../../src/capture/worker/enriching-outbox.ts';
import type { Outbox } from '../../../src/capture/worker/outbox.ts';
import { type FieldReader, RecordReaders } from '../../../src/capture/worker/record-readers.ts';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { execed, exited, gap, seconds, spawned } from '../../support/fixtures/events.ts';

class FakeReader implements FieldReader {
  readonly requests: RecordRequest[] = [];
  pending: ReturnType<FieldReader['answers']> = [];

  request(requests: readonly RecordRequest[]): void {
    this.requests.push(...requests);
  }

  answer(pid: number, fields: ReturnType<FieldReader['answers']>[number]['fields']): void {
    const request = this.requests.find((each) => each.pid === pid) as RecordRequest;
    this.pending.push({ id: request.id, fields });
  }

  answers(): ReturnType<FieldReader['answers']> {
    return this.pending.splice(0);
  }
}

const setUp = (reader: FieldReader = new FakeReader(), screenOnly = false) => {
  const records: ChurnRecord[] = [];
  let closed = 0;
  const inner: Outbox = {
    dropped: 0,
    queued: 0,
    put: (record) => records.push(record),
    flush: () => {},
    close: () => {
      closed++;
    },
  };
  let nowMs = 0;
  const keys = { args: true, cgroup: false };
  const outbox = new EnrichingOutbox({ outbox: inner, reader, keys, screenOnly, sleep: () => ++nowMs });
  return { outbox, records, reader: reader as FakeReader, closed: () => closed };
};

describe('EnrichingOutbox', () => {
  test('records wait for the fields of earlier ones, in order', () => {
    const { outbox, records, reader } = setUp();
    const rest = [exited(3, 'z', 1.5, {}), gap('unseen')];
    outbox.put(rest[0] as ChurnRecord);
    expect(records).toEqual([rest[0]]);
    for (const record of [spawned(7, 'a', 2), spawned(8, 'b', 3), ...rest]) outbox.put(record);
    outbox.flush(0);
    expect(reader.requests.map(({ pid }) => pid)).toEqual([8, 7]);
    expect(outbox.waitingSinceNs).toBe(seconds(2));
    reader.answer(8, { args: ['b'] });
    outbox.flush(1);
    expect(records).toHaveLength(1);
    expect(outbox.queued).toBe(4);
    reader.answer(7, undefined);
    outbox.flush(2);
    expect(records.slice(1)).toEqual([spawned(7, 'a', 2), { ...spawned(8, 'b', 3), args: ['b'] }, ...rest]);
    expect(outbox.waitingSinceNs).toBeUndefined();
    expect(outbox.queued).toBe(0);
  });

  test('only the newest records of a storm are enriched, and all initial ones', () => {
    const { outbox, reader } = setUp();
    const storm = Array.from({ length: 100 }, (_, pid) => spawned(pid, 'x', 1));
    for (const record of storm) outbox.put(record);
    outbox.flush(0);
    expect(reader.requests.map(({ pid }) => pid)).toEqual(
      Array.from({ length: 64 }, (_, index) => 99 - index),
    );
    for (const record of storm) outbox.put({ ...record, initial: true });
    outbox.flush(0);
    expect(reader.requests).toHaveLength(164);
  });

  test('records are passed on without an answer when the capture ends, and list the missing fields', () => {
    const { outbox, records, closed } = setUp();
    outbox.put(spawned(7, 'a', 1));
    outbox.close(0);
    expect(records).toEqual([{ ...spawned(7, 'a', 1), unread: ['args'] }]);
    expect(closed()).toBe(1);
  });

  test('the queue does not grow while records keep waiting', () => {
    const { outbox, records, reader } = setUp();
    for (let pid = 1; pid <= 5000; pid++) {
      outbox.put(spawned(pid, 'x', 1));
      outbox.flush(0);
      if (pid > 1) reader.answer(pid - 1, { args: ['x'] });
      expect(outbox.queued).toBeLessThanOrEqual(2);
      reader.requests.splice(0, reader.requests.length - 1);
    }
    expect(records).toHaveLength(4998);
  });
});

/** A reader thread that the test plays. */
const fakeThread = () => {
  const { port1, port2 } = new MessageChannel();
  const requests = (): RecordRequest[] => {
    const all: RecordRequest[] = [];
    for (let next = receiveMessageOnPort(port1); next; next = receiveMessageOnPort(port1)) {
      const message = next.message as ReaderRequest;
      if (message.type === 'records') all.push(...message.requests);
    }
    return all;
  };
  return {
    port: port2,
    requests,
    answer: (id: number) => port1.postMessage({ id, fields: { args: ['x'] } }),
    close: () => port1.close(),
  };
};

const request = (id: number, pid: number): RecordRequest => ({
  id,
  pid,
  computedStart: false,
  startTicks: pid,
  comm: 'x',
  kthread: false,
});

test('a read that never returns is abandoned, another thread takes over, and the process is not read again [fault:read-hangs]', () => {
  const threads = [fakeThread(), fakeThread()];
  let blocked = 0;
  const readers = new RecordReaders(() => {
    blocked++;
    readers.add(threads[1]?.port as MessagePort);
  });
  const [first, second] = threads as [(typeof threads)[0], (typeof threads)[0]];
  readers.add(first.port);
  readers.request([request(0, 10), request(1, 11), request(2, 12)], 0);
  expect(first.requests()).toHaveLength(3);
  first.answer(0);
  expect(readers.answers(1)).toEqual([{ id: 0, fields: { args: ['x'] } }]);
  expect(readers.answers(100)).toEqual([]);
  expect(blocked).toBe(0);
  expect(readers.answers(300)).toEqual([{ id: 1, fields: 'unread' }]);
  expect(blocked).toBe(1);
  readers.request([request(3, 11), request(4, 13)], 301);
  expect(second.requests().map(({ id }) => id)).toEqual([2, 4]);
  second.answer(2);
  second.answer(4);
  expect(readers.answers(302)).toEqual([
    { id: 3, fields: 'unread' },
    { id: 2, fields: { args: ['x'] } },
    { id: 4, fields: { args: ['x'] } },
  ]);
  // The read returns after all: the process can be read again, and late answers are dropped.
  first.answer(1);
  first.answer(2);
  expect(readers.answers(400)).toEqual([]);
  readers.request([request(5, 11)], 401);
  expect([...first.requests(), ...second.requests()].map(({ id }) => id)).toEqual([5]);
  for (const { close } of threads) close();
});

test('when all readers are blocked, the fields are unread at once', () => {
  const threads = Array.from({ length: maxReaders }, fakeThread);
  const next = threads.values();
  const add = () => {
    const thread = next.next().value;
    if (thread) readers.add(thread.port);
  };
  const readers = new RecordReaders(add);
  add();
  for (let pid = 1; pid <= maxReaders; pid++) {
    readers.request([request(pid, pid)], pid * 10_000);
    expect(readers.answers(pid * 10_000 + 5_000)).toEqual([{ id: pid, fields: 'unread' }]);
  }
  readers.request([request(9, 9)], 90_000);
  expect(readers.answers(90_000)).toEqual([{ id: 9, fields: 'unread' }]);
  for (const { close } of threads) close();
});

test('records do not wait for a reader that never starts', () => {
  const readers = new RecordReaders(() => {});
  readers.request([request(1, 1)], 0);
  expect(readers.answers(1_000)).toEqual([]);
  expect(readers.answers(3_000)).toEqual([{ id: 1, fields: 'unread' }]);
});

describe('EnrichingOutbox for the screen', () => {
  const setUpScreen = () => setUp(new FakeReader(), true);
  const windowed = (pid: number) => spawned(pid, 'x', 1, { window_ns: 1n });

  test('a fork of kernel events is not read, an exec is', () => {
    const { outbox, reader, records } = setUpScreen();
    const { window_ns: _, ...fork } = spawned(7, 'x', 1);
    outbox.put(fork);
    expect(records).toHaveLength(1);
    outbox.put(execed(7, 'y', 2));
    outbox.flush(0);
    expect(reader.requests.map(({ comm }) => comm)).toEqual(['y']);
  });

  test('a record is passed on without its fields when they are late, and the late answer is dropped', () => {
    const { outbox, reader, records } = setUpScreen();
    outbox.put(windowed(6));
    outbox.flush(0);
    reader.answer(6, { args: ['first'] });
    outbox.put(windowed(7));
    outbox.flush(10);
    expect(records).toHaveLength(1);
    outbox.flush(54);
    expect(records).toHaveLength(1);
    outbox.flush(55);
    expect(records[1]).toEqual({ ...windowed(7), unread: ['args'] });
    reader.answer(7, { args: ['late'] });
    outbox.put(windowed(8));
    outbox.flush(60);
    reader.answer(8, { args: ['x'] });
    outbox.flush(61);
    expect(records[2]).toEqual({ ...windowed(8), args: ['x'] });
  });

  test('an announced record is read at once, and only once', () => {
    const { outbox, reader, records } = setUpScreen();
    const exec = execed(7, 'y', 2);
    outbox.announce(exec, 0);
    expect(reader.requests).toHaveLength(1);
    reader.answer(7, { args: ['y'] });
    outbox.put(exec);
    outbox.flush(1);
    expect(reader.requests).toHaveLength(1);
    expect(records).toEqual([{ ...exec, args: ['y'] }]);
  });

  test('reads are limited per second, and records pass without fields beyond that', () => {
    const { outbox, reader, records } = setUpScreen();
    let pid = 0;
    for (let ms = 0; ms < 1000; ms += 10) {
      for (let each = 0; each < 50; each++) outbox.put(windowed(++pid));
      outbox.flush(ms);
      for (const request of reader.requests.splice(0))
        reader.pending.push({ id: request.id, fields: { args: ['x'] } });
    }
    outbox.flush(1000);
    expect(records).toHaveLength(5000);
    expect(records.filter((record) => 'args' in record).length).toBeLessThanOrEqual(500);
  });
});
