import { expect, test } from 'vitest';
import { IntervalStats } from '../../../src/capture/worker/interval-stats.ts';

test('constant intervals miss no lifetime as long as the interval', () => {
  const stats = new IntervalStats();
  for (let sample = 0; sample < 1000; sample++) stats.add(2);
  expect(stats.shortestLifetimeMs(0)).toBeCloseTo(2, 6);
  // A lifetime of 1.98 ms falls between two samples in 1 of 100 cases.
  expect(stats.shortestLifetimeMs(0.01)).toBeCloseTo(1.98, 6);
});

test('a rare long interval is weighted by its length', () => {
  const stats = new IntervalStats();
  for (let sample = 0; sample < 1000; sample++) stats.add(1);
  stats.add(100);
  // 1 % of 1100 ms is 11 ms, so lifetimes of 89 ms are missed in 1 % of the cases.
  expect(stats.shortestLifetimeMs(0.01)).toBeCloseTo(89, 6);
  expect(stats.maxMs).toBe(100);
});

test('the shortest lifetime is undefined before the second sample and after a reset', () => {
  const stats = new IntervalStats();
  expect(stats.shortestLifetimeMs()).toBeUndefined();
  stats.add(5);
  stats.reset();
  expect(stats.shortestLifetimeMs()).toBeUndefined();
});
