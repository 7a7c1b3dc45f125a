import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameGapMs } from '../../src/cli/frame-gap.ts';

test.each([
  [0, 100],
  [14, 100],
  [24, 160],
  [500, 250],
])('a frame that kept the main thread busy for %i ms is followed by the next after %i', (busyMs, gapMs) => {
  expect(frameGapMs(busyMs, 100)).toBe(gapMs);
});

test('no dearer frame is followed sooner, none sooner than was asked for', () => {
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(ms, ms, ms, (one, other, leastMs) => {
      const [cheap, dear] = [Math.min(one, other), Math.max(one, other)];
      expect(frameGapMs(cheap, leastMs)).toBeLessThanOrEqual(frameGapMs(dear, leastMs));
      expect(frameGapMs(cheap, leastMs)).toBeGreaterThanOrEqual(leastMs);
    }),
  );
});
