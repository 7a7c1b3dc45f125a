import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameIntervalMs } from '../../../src/cli/terminal/terminal.ts';

test.each([
  [0, 100],
  [14, 100],
  [24, 160],
  [500, 250],
])('frameIntervalMs for a frame of %i ms is %i ms', (busyMs, intervalMs) => {
  expect(frameIntervalMs(busyMs, 100)).toBe(intervalMs);
});

test('frameIntervalMs grows with the cost of a frame and is never below the minimum', () => {
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(ms, ms, ms, (one, other, minMs) => {
      const [cheap, expensive] = [Math.min(one, other), Math.max(one, other)];
      expect(frameIntervalMs(cheap, minMs)).toBeLessThanOrEqual(frameIntervalMs(expensive, minMs));
      expect(frameIntervalMs(cheap, minMs)).toBeGreaterThanOrEqual(minMs);
    }),
  );
});
