import { expect, test } from 'vitest';
import { evictInto, GroupStats, resolve } from '../../../src/domain/stats/group-stats.ts';

test('what fell counts with the other, and holds nothing of its own any more', () => {
  const [fallen, other] = [new GroupStats('a'), new GroupStats('(other)')];
  for (const tally of [fallen, other]) {
    tally.spawns++;
    tally.spawnsPerSecond.count(7);
    tally.lifetimes.add(5_000_000n);
    tally.topNames.add('sh', 1);
  }
  evictInto(fallen, other);
  expect(resolve(fallen)).toBe(other);
  expect(other).toMatchObject({ spawns: 2, lifetimes: { count: 2 } });
  expect(other.spawnsPerSecond.history(7).at(-1)).toBe(2);
  expect(other.topNames.mostFrequent()).toEqual({ name: 'sh', count: 2 });
  expect(fallen.spawnsPerSecond.history(7).at(-1)).toBe(0);
  expect(fallen.lifetimes.count).toBe(0);
  expect(fallen.topNames.mostFrequent()).toBeUndefined();
});
