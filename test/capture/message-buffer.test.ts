import { expect, test } from 'vitest';
import type { SamplerMessage } from '../../src/capture/core/protocol.ts';
import { SourceError } from '../../src/capture/core/source.ts';
import { MessageBuffer } from '../../src/capture/message-buffer.ts';
import type { ChurnRecord } from '../../src/domain/events/event.ts';
import type { SourceStatus } from '../../src/domain/source/event-source.ts';
import { ProcError } from '../../src/proc/errors.ts';
import { exited, seconds, spawned } from '../support/fixtures/events.ts';

const batch = (nowNs: bigint): SamplerMessage => ({ type: 'batch', batch: { nowNs, records: [] } });
const status = (stalls: number): SamplerMessage => ({ type: 'status', status: { stalls } as SourceStatus });

/** A buffer, and everything that its listener received, in order. */
const setUp = (nowNs = () => 0n) => {
  const received: unknown[] = [];
  let acked = 0;
  const buffer = new MessageBuffer(() => acked++, nowNs);
  const listener = {
    onBatch: ({ nowNs }: { nowNs: bigint }) => received.push(nowNs),
    onStatus: ({ stalls }: SourceStatus) => received.push(stalls),
    onError: (error: Error) => received.push(error),
  };
  return { buffer, received, acked: () => acked, listen: () => buffer.listen(listener) };
};

test('batches are buffered without acknowledgment until there is a listener', () => {
  const { buffer, received, acked, listen } = setUp();
  buffer.put(batch(1n));
  buffer.put(batch(2n));
  expect(acked()).toBe(0);
  listen();
  expect([received, acked()]).toEqual([[1n, 2n], 2]);
  buffer.put(batch(3n));
  expect([received, acked()]).toEqual([[1n, 2n, 3n], 3]);
});

test('only the last buffered status is delivered', () => {
  const { buffer, received, listen } = setUp();
  for (const message of [status(1), batch(1n), status(2), status(3)]) buffer.put(message);
  listen();
  expect(received).toEqual([1n, 3]);
});

test('errors are buffered, and keep their path and code', () => {
  const { buffer, received, listen } = setUp();
  buffer.put({ type: 'failed', name: 'ProcError', message: 'cannot list', path: '/proc', code: 'EIO' });
  buffer.fail(new Error('out of memory'));
  listen();
  expect(received).toEqual([
    new ProcError('cannot list', { path: '/proc', code: 'EIO' }),
    new Error('out of memory'),
  ]);
  expect(received[0]).toMatchObject({ path: '/proc', code: 'EIO' });
});

test('a refused source keeps its class', () => {
  const { buffer, received, listen } = setUp();
  buffer.put({
    type: 'failed',
    name: 'SourceError',
    message: 'no connector',
    path: undefined,
    code: undefined,
  });
  listen();
  expect(received).toEqual([new SourceError('no connector')]);
});

test('the start resolves with the first message, and rejects with an error before it', async () => {
  const started = setUp().buffer;
  started.put(status(1));
  started.fail(new Error('later'));
  await expect(started.started).resolves.toBeUndefined();
  const refused = setUp().buffer;
  refused.put({ type: 'failed', name: 'SourceError', message: 'no', path: undefined, code: undefined });
  await expect(refused.started).rejects.toThrow(new SourceError('no'));
  const crashed = setUp().buffer;
  crashed.fail(new Error('out of memory'));
  await expect(crashed.started).rejects.toThrow('out of memory');
});

test('the status has the delay of the newest event when it is two seconds or more', () => {
  const delays: unknown[] = [];
  const buffer = new MessageBuffer(
    () => {},
    () => seconds(10),
  );
  buffer.listen({
    onBatch: () => {},
    onStatus: ({ eventDelayNs }) => delays.push(eventDelayNs),
    onError: () => {},
  });
  const missed: ChurnRecord = {
    probe_source: 'trace.gap',
    reason: 'unseen',
    events: 3,
    from_monotonic_ns: seconds(9),
    to_monotonic_ns: seconds(10),
  };
  const batches: (readonly ChurnRecord[])[] = [
    [exited(500, 'sh', 4), spawned(501, 'sh', 6), missed],
    // They were alive before the capture began.
    [spawned(502, 'sh', 1, { initial: true })],
    [spawned(503, 'sh', 7.5)],
    [exited(503, 'sh', 8.5)],
  ];
  for (const records of batches) {
    buffer.put({ type: 'batch', batch: { nowNs: seconds(10), records } });
    buffer.put(status(0));
  }
  buffer.put({ type: 'batch', batch: { nowNs: seconds(7), records: [] } });
  buffer.put(status(0));
  expect(delays).toEqual([seconds(4), undefined, seconds(2.5), undefined, seconds(3)]);
});
