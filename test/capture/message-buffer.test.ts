import { expect, test } from 'vitest';
import type { SamplerMessage } from '../../src/capture/core/protocol.ts';
import { createMessageBuffer } from '../../src/capture/message-buffer.ts';
import type { SourceStatus } from '../../src/domain/source/event-source.ts';
import { ProcError } from '../../src/proc/errors.ts';

const batch = (nowNs: bigint): SamplerMessage => ({ type: 'batch', batch: { nowNs, records: [] } });
const status = (stalls: number): SamplerMessage => ({ type: 'status', status: { stalls } as SourceStatus });

/** A mailbox, and what its listener heard, in order. */
const open = () => {
  const heard: unknown[] = [];
  let taken = 0;
  const box = createMessageBuffer(() => taken++);
  const listener = {
    onBatch: ({ nowNs }: { nowNs: bigint }) => heard.push(nowNs),
    onStatus: ({ stalls }: SourceStatus) => heard.push(stalls),
    onError: (error: Error) => heard.push(error),
  };
  return { box, heard, taken: () => taken, listen: () => box.listen(listener) };
};

test('what comes before there is a listener waits for it, and is not taken until then', () => {
  const { box, heard, taken, listen } = open();
  box.put(batch(1n));
  box.put(batch(2n));
  expect(taken()).toBe(0);
  listen();
  expect([heard, taken()]).toEqual([[1n, 2n], 2]);
  box.put(batch(3n));
  expect([heard, taken()]).toEqual([[1n, 2n, 3n], 3]);
});

test('of the statuses that waited the last is told', () => {
  const { box, heard, listen } = open();
  for (const message of [status(1), batch(1n), status(2), status(3)]) box.put(message);
  listen();
  expect(heard).toEqual([1n, 3]);
});

test('a failure waits, too, and bears its facts', () => {
  const { box, heard, listen } = open();
  box.put({ type: 'failed', message: 'cannot list', path: '/proc', code: 'EIO' });
  box.fail(new Error('out of memory'));
  listen();
  expect(heard).toEqual([
    new ProcError('cannot list', { path: '/proc', code: 'EIO' }),
    new Error('out of memory'),
  ]);
  expect(heard[0]).toMatchObject({ path: '/proc', code: 'EIO' });
});
