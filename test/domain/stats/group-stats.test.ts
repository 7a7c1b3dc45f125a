import { expect, test } from 'vitest';
import { evictInto, GroupStats, resolve } from '../../../src/domain/stats/group-stats.ts';

test('evictInto moves all counts to the other group', () => {
  const [evicted, other] = [new GroupStats('a'), new GroupStats('(other)')];
  for (const group of [evicted, other]) {
    group.spawns++;
    group.spawnsPerSecond.add(7);
    group.lifetimes.add(5_000_000n);
    group.zombieTimes.add(5_000_000n);
    group.topNames.add('sh', 1);
  }
  evictInto(evicted, other);
  expect(resolve(evicted)).toBe(other);
  expect(other).toMatchObject({ spawns: 2, lifetimes: { count: 2 }, zombieTimes: { count: 2 } });
  expect(other.spawnsPerSecond.history(7).at(-1)).toBe(2);
  expect(other.topNames.mostFrequent()).toEqual({ name: 'sh', count: 2 });
  expect(evicted.spawnsPerSecond.history(7).at(-1)).toBe(0);
  expect(evicted.lifetimes.count).toBe(0);
  expect(evicted.zombieTimes.count).toBe(0);
  expect(evicted.topNames.mostFrequent()).toBeUndefined();
});
