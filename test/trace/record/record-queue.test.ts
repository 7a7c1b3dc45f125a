import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode } from '../../../src/trace/format/codec.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { RecordQueue } from '../../../src/trace/record/record-queue.ts';
import { exited, sourceInfo, spawned } from '../../support/fixtures/events.ts';

const step = fc.oneof(
  fc.record({ come: fc.nat({ max: 20 }) }),
  fc.record({ go: fc.nat({ max: 20 }) }),
  fc.record({ take: fc.nat({ max: 30 }), size: fc.nat({ max: 2000 }) }),
);

test('what is written is in order and without a hole, and what is not is told where it would stand', () => {
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1, max: 25 }), (steps, limit) => {
      const queue = new RecordQueue(new TraceComposer({ info: sourceInfo, tool: 'test' }), limit);
      const written: string[] = [];
      const living = new Set<number>();
      let put = 0;
      let pid = 0;
      const drain = (size: number, most: number) => {
        queue.drain(size, (text) => {
          const lines = text.split('\n').slice(0, -1).slice(0, most);
          written.push(...lines);
          return lines.length;
        });
        queue.reportDrops(BigInt(put));
      };
      const come = () => {
        living.add(++pid);
        queue.add(spawned(pid, 'a', put), BigInt(++put));
      };
      const go = () => {
        const [first] = living;
        if (first === undefined) return;
        living.delete(first);
        queue.add(exited(first, 'a', put), BigInt(++put));
      };
      for (const now of steps) {
        if ('come' in now) for (let i = 0; i < now.come; i++) come();
        else if ('go' in now) for (let i = 0; i < now.go; i++) go();
        else drain(now.size, now.take);
      }
      while (queue.length > 0) drain(1000, 1000);

      const found = written.map((line) => decode(line));
      expect(found.map((each) => each?.seq)).toEqual(written.map((_line, seq) => seq));
      const table = new Set<number>();
      let told = 0;
      for (const each of found) {
        const record = each?.record;
        if (record?.probe_source === 'trace.gap') {
          expect(record.reason).toBe('disk');
          told += record.events ?? 0;
        }
        if (record?.probe_source === 'process.spawned') table.add(record.guest_pid);
        // Nobody's end is told who was not told to live.
        if (record?.probe_source === 'process.exited') expect(table.delete(record.guest_pid)).toBe(true);
      }
      expect(table).toEqual(living);
      expect(told).toBe(queue.dropped);
      const gaps = found.filter((each) => each?.record.probe_source === 'trace.gap').length;
      expect(found.length - gaps + told).toBe(put);
    }),
  );
});
