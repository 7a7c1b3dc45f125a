import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { type MergedRecord, mergeGuests } from '../../../src/trace/read/merge-guests.ts';
import { readTrace } from '../../../src/trace/read/read-traces.ts';
import { composerOf } from '../../support/fakes/fake-link.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';

const chunksOf = async function* (text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
};

/** Guests by the seconds between their spawns, each recorded by one or more recorders. */
const guests = fc.array(
  fc.record({
    startAt: fc.nat(20),
    recorders: fc.array(fc.array(fc.nat(5), { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
    chunkBytes: fc.integer({ min: 40, max: 2000 }),
  }),
  { minLength: 1, maxLength: 4 },
);

test('mergeGuests yields all records in the order of wall time, and knows when nothing is recorded', async () => {
  await fc.assert(
    fc.asyncProperty(guests, async (plans) => {
      const intervals: { from: number; until: number }[] = [];
      const sources = plans.map(({ startAt, recorders, chunkBytes }, index) => {
        const guest = `guest${index}`;
        let at = startAt;
        let text = '';
        for (const [number, gaps] of recorders.entries()) {
          const composer = composerOf(guest, { recorder: `${guest}-${number}`, skewSeconds: -index * 100 });
          // Each recorder begins when nothing else of the guest does.
          at += 3;
          const from = at;
          text += composer.begin(seconds(at + index * 100));
          for (const gap of gaps) {
            at += gap;
            text += composer.line(spawned(1, 'sh', at + index * 100));
          }
          text += composer.end(seconds(at + index * 100));
          intervals.push({ from, until: at });
        }
        return { guest, batches: readTrace(chunksOf(text, chunkBytes)), matcherOf: () => () => true };
      });
      const merged: MergedRecord[] = [];
      let alone = 0;
      await mergeGuests(sources, {
        onRecorder: (_, __, isAlone) => {
          if (isAlone) alone++;
        },
        onRecord: (record) => merged.push(record),
      });
      const times = merged.map(({ record, wallOffsetNs }) => recordTimeNs(record) + wallOffsetNs);
      expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
      const records = plans.flatMap(({ recorders }) => recorders.map((gaps) => gaps.length + 2));
      expect(merged).toHaveLength(records.reduce((sum, count) => sum + count, 0));
      // A recorder that begins strictly within another one is not alone; the first one is.
      const isWithin = ({ from }: { from: number }) =>
        intervals.some((other) => other.from < from && from < other.until);
      expect(alone).toBeGreaterThan(0);
      expect(alone).toBeLessThanOrEqual(intervals.filter((each) => !isWithin(each)).length);
    }),
    { numRuns: 60 },
  );
});

test('mergeGuests closes all guests when reading one of them fails', async () => {
  const closed: string[] = [];
  const text = composerOf('web1').begin(0n);
  const read = async function* (guest: string, error?: Error) {
    try {
      yield Buffer.from(text);
      if (error) throw error;
      yield Buffer.from(text);
    } finally {
      closed.push(guest);
    }
  };
  const sources = [read('web1'), read('db2', new Error('no answer'))].map((chunks, index) => ({
    ...{ guest: `guest${index}`, batches: readTrace(chunks), matcherOf: () => () => true },
  }));
  const listener = { onRecorder: () => {}, onRecord: () => {} };
  await expect(mergeGuests(sources, listener)).rejects.toThrow('no answer');
  expect(closed.toSorted()).toEqual(['db2', 'web1']);
});
