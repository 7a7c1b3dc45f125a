import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LaneAllocator } from '../../../src/domain/views/lane-allocator.ts';

test('lanes are no more than lives at once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(20)), { maxLength: 60 }), (lives) => {
      const lanes = new LaneAllocator();
      const moments = lives
        .map(([from, lasts]) => ({ from, until: from + lasts + 1 }))
        .toSorted((a, b) => a.from - b.from);
      let open: { until: number; lane: number }[] = [];
      let most = 0;
      for (const { from, until } of moments) {
        for (const ended of open.filter((life) => life.until <= from))
          lanes.release(ended.lane, BigInt(ended.until));
        open = open.filter((life) => life.until > from);
        open.push({ until, lane: lanes.allocate(BigInt(from)) });
        most = Math.max(most, open.length);
      }
      expect(lanes.size).toBe(most);
    }),
  );
});
