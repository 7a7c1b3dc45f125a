import { expect, test } from 'vitest';
import { DensityCounter } from '../../../../src/trace/replay/index/density.ts';

test('a density has the most frequent comms of the exits in each bucket', () => {
  const counter = new DensityCounter();
  const exit = (comm: string, atMs: number) => {
    counter.count('exits', BigInt(atMs) * 1_000_000n);
    counter.countExitOf(comm);
  };
  for (const comm of ['a', 'b', 'b', 'c', 'c', 'c', 'd']) exit(comm, 1);
  counter.count('spawns', 2_000_000n);
  exit('a', 3);
  expect(counter.density.exitedNames).toEqual([
    [
      { name: 'c', count: 3 },
      { name: 'b', count: 2 },
      { name: 'a', count: 1 },
    ],
    undefined,
    [{ name: 'a', count: 1 }],
  ]);
});

test('buckets that are merged have the sum of their names', () => {
  const counter = new DensityCounter(2);
  for (const [comm, atMs] of [
    ['a', 0],
    ['b', 1],
    ['b', 2],
    ['c', 5],
  ] as const) {
    counter.count('exits', BigInt(atMs) * 1_000_000n);
    counter.countExitOf(comm);
  }
  const { bucketNs, exits, exitedNames } = counter.density;
  expect(bucketNs).toBe(4_000_000n);
  expect(exits).toEqual([3, 1]);
  expect(exitedNames).toEqual([
    [
      { name: 'b', count: 2 },
      { name: 'a', count: 1 },
    ],
    [{ name: 'c', count: 1 }],
  ]);
});
