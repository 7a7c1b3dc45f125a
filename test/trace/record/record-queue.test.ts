import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { RecordQueue } from '../../../src/trace/record/record-queue.ts';
import { exited, sourceInfo, spawned } from '../../support/fixtures/events.ts';

const step = fc.oneof(
  fc.record({ spawn: fc.nat({ max: 20 }) }),
  fc.record({ exit: fc.nat({ max: 20 }) }),
  fc.record({ accept: fc.nat({ max: 30 }), size: fc.nat({ max: 2000 }) }),
);

test('RecordQueue writes records in order with consecutive seq, and a gap record where records were dropped', () => {
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
      const spawn = () => {
        living.add(++pid);
        queue.add(spawned(pid, 'a', put), BigInt(++put));
      };
      const exit = () => {
        const [first] = living;
        if (first === undefined) return;
        living.delete(first);
        queue.add(exited(first, 'a', put), BigInt(++put));
      };
      for (const now of steps) {
        if ('spawn' in now) for (let i = 0; i < now.spawn; i++) spawn();
        else if ('exit' in now) for (let i = 0; i < now.exit; i++) exit();
        else drain(now.size, now.accept);
      }
      while (queue.length > 0) drain(1000, 1000);

      const found = written.map((line) => decode(line));
      expect(found.map((each) => each?.seq)).toEqual(written.map((_line, seq) => seq));
      const table = new Set<number>();
      let reportedDrops = 0;
      for (const each of found) {
        const record = each?.record;
        if (record?.probe_source === 'trace.gap') {
          expect(record.reason).toBe('disk');
          reportedDrops += record.events ?? 0;
        }
        if (record?.probe_source === 'process.spawned') table.add(record.guest_pid);
        // Every exit follows the spawn of its process.
        if (record?.probe_source === 'process.exited') expect(table.delete(record.guest_pid)).toBe(true);
      }
      expect(table).toEqual(living);
      expect(reportedDrops).toBe(queue.dropped);
      const gaps = found.filter((each) => each?.record.probe_source === 'trace.gap').length;
      expect(found.length - gaps + reportedDrops).toBe(put);
    }),
  );
});
