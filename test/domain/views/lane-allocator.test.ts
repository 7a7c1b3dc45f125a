import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LaneAllocator } from '../../../src/domain/views/lane-allocator.ts';

test('the allocator uses as many lanes as lifespans overlap', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(20)), { maxLength: 60 }), (durations) => {
      const allocator = new LaneAllocator();
      const lifespans = durations
        .map(([from, length]) => ({ from, until: from + length + 1 }))
        .toSorted((a, b) => a.from - b.from);
      let open: { until: number; lane: number }[] = [];
      let maxOpen = 0;
      for (const { from, until } of lifespans) {
        for (const finished of open.filter((each) => each.until <= from))
          allocator.release(finished.lane, BigInt(finished.until));
        open = open.filter((each) => each.until > from);
        open.push({ until, lane: allocator.allocate(BigInt(from)) });
        maxOpen = Math.max(maxOpen, open.length);
      }
      expect(allocator.size).toBe(maxOpen);
    }),
  );
});
