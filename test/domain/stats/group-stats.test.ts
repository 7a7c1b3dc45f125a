import { expect, test } from 'vitest';
import { fallInto, settled, Tally } from '../../../src/domain/stats/group-stats.ts';

test('what fell counts with the other, and holds nothing of its own any more', () => {
  const [fallen, other] = [new Tally('a'), new Tally('(other)')];
  for (const tally of [fallen, other]) {
    tally.spawns++;
    tally.births.count(7);
    tally.lifetimes.add(5_000_000n);
    tally.mostly.add('sh', 1);
  }
  fallInto(fallen, other);
  expect(settled(fallen)).toBe(other);
  expect(other).toMatchObject({ spawns: 2, lifetimes: { count: 2 } });
  expect(other.births.history(7).at(-1)).toBe(2);
  expect(other.mostly.first()).toEqual({ name: 'sh', count: 2 });
  expect(fallen.births.history(7).at(-1)).toBe(0);
  expect(fallen.lifetimes.count).toBe(0);
  expect(fallen.mostly.first()).toBeUndefined();
});
