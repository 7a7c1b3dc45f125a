import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { composerOf } from '../../support/fakes/fake-link.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';

const count = 30;

test('a reader of repeated records yields each one once, in order, and counts those that never arrived', () => {
  const delivery = fc.record({ from: fc.nat(count - 1), length: fc.integer({ min: 1, max: 10 }) });
  fc.assert(
    fc.property(fc.array(delivery, { maxLength: 12 }), (deliveries) => {
      const composer = composerOf('web1');
      const header = composer.begin(0n);
      const lines = Array.from({ length: count }, (_, pid) => composer.line(spawned(pid, 'sh', pid)));
      const reader = new TraceReader({ repeats: true });
      const batches = deliveries.flatMap(({ from, length }) =>
        // Each connection begins with the header, as a NATS viewer or a new SSH connection does.
        reader.push(Buffer.from(header + lines.slice(from, from + length).join(''))),
      );
      const records = batches.flatMap((batch) => batch.records);
      const pids = records.flatMap((record) => ('guest_pid' in record ? [record.guest_pid] : []));
      const lost = records.reduce((sum, record) => sum + ('events' in record ? (record.events ?? 0) : 0), 0);
      expect(pids).toEqual([...new Set(pids)].toSorted((a, b) => a - b));
      expect(pids.length + lost).toBe(deliveries.length === 0 ? 0 : (pids.at(-1) ?? -1) + 1);
      expect(batches.filter(({ isNewRecorder }) => isNewRecorder)).toHaveLength(
        Math.min(1, deliveries.length),
      );
    }),
  );
});

test('a header without a number continues its recorder, and another recorder begins again', () => {
  const first = composerOf('web1');
  const reader = new TraceReader({ repeats: true });
  const read = (text: string) =>
    reader
      .push(Buffer.from(text))
      .flatMap(({ isNewRecorder, records }) => [
        ...(isNewRecorder ? ['new'] : []),
        ...records.map((record) => ('guest_pid' in record ? record.guest_pid : record.probe_source)),
      ]);
  const withoutNumber = first.begin(0n).replace('"seq":0,', '');
  expect(read(first.line(spawned(1, 'sh', 1)))).toEqual(['new', 1]);
  expect(read(withoutNumber)).toEqual(['new', 'trace.header']);
  expect(read(first.line(spawned(2, 'sh', 2)) + withoutNumber + first.line(spawned(3, 'sh', 3)))).toEqual([
    2,
    'trace.header',
    3,
  ]);
  const second = composerOf('web1', { recorder: 'web1-2' });
  expect(read(second.begin(seconds(9)))).toEqual(['new', 'trace.header']);
});
