import { expect, test } from 'vitest';
import type { Density } from '../../../../src/domain/source/replay-control.ts';
import { findBursts, nearestBurst } from '../../../../src/trace/replay/index/bursts.ts';
import { DensityCounter } from '../../../../src/trace/replay/index/density.ts';

const densityOf = (spawns: number[]): Density => ({
  ...new DensityCounter().density,
  fromNs: 1000n,
  bucketNs: 10n,
  spawns,
});

test('findBursts finds where the rate exceeds the median', () => {
  expect(findBursts(densityOf([0, 0, 5, 6, 0, 0, 1, 0, 0, 9, 0]))).toEqual([1020n, 1090n]);
});

test('a single quiet span does not end a burst', () => {
  expect(findBursts(densityOf([0, 0, 0, 0, 5, 0, 6, 0, 0]))).toEqual([1040n]);
});

test('a constant rate has no bursts', () => {
  expect(findBursts(densityOf(new Array<number>(300).fill(40)))).toEqual([]);
  expect(findBursts(densityOf([]))).toEqual([]);
});

test('a burst in a long trace starts at its first event', () => {
  const spawns = new Array<number>(1000).fill(0);
  for (let bucket = 503; bucket < 520; bucket++) spawns[bucket] = 3;
  expect(findBursts(densityOf(spawns))).toEqual([1000n + 5030n]);
});

test('nearestBurst goes in both directions', () => {
  const density = densityOf([0, 0, 5, 0, 0, 0, 0, 9, 0]);
  expect(nearestBurst(density, 0n, 1)).toBe(1020n);
  expect(nearestBurst(density, 1020n, 1)).toBe(1070n);
  expect(nearestBurst(density, 1070n, 1)).toBeUndefined();
  expect(nearestBurst(density, 1070n, -1)).toBe(1020n);
  expect(nearestBurst(density, 1020n, -1)).toBeUndefined();
});
