import { expect, test } from 'vitest';
import { createIntervalStats } from '../../../src/capture/worker/interval-stats.ts';

test('with evenly spaced looks every life as long as the space is seen', () => {
  const gaps = createIntervalStats();
  for (let look = 0; look < 1000; look++) gaps.add(2);
  expect(gaps.shortestLifetimeMs(0)).toBeCloseTo(2, 6);
  // A life of 1.98 ms falls between two looks in one case of a hundred.
  expect(gaps.shortestLifetimeMs(0.01)).toBeCloseTo(1.98, 6);
});

test('a rare long gap counts for as long as it is', () => {
  const gaps = createIntervalStats();
  for (let look = 0; look < 1000; look++) gaps.add(1);
  gaps.add(100);
  // 1 % of 1100 ms is 11 ms: lives of 89 ms are missed so often.
  expect(gaps.shortestLifetimeMs(0.01)).toBeCloseTo(89, 6);
  expect(gaps.longestMs()).toBe(100);
});

test('before the second look nobody can tell, nor after a reset', () => {
  const gaps = createIntervalStats();
  expect(gaps.shortestLifetimeMs()).toBeUndefined();
  gaps.add(5);
  gaps.reset();
  expect(gaps.shortestLifetimeMs()).toBeUndefined();
});
