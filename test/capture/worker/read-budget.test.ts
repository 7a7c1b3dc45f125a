import { expect, test } from 'vitest';
import { ReadBudget } from '../../../src/capture/worker/read-budget.ts';

const takeAll = (budget: ReadBudget, nowMs: number): number => {
  let taken = 0;
  while (taken < 10_000 && budget.take(nowMs)) taken++;
  return taken;
};

test('the read budget allows a burst, and 250 reads per second after it', () => {
  const budget = new ReadBudget();
  expect(takeAll(budget, 0)).toBe(250);
  expect(takeAll(budget, 100)).toBe(25);
  expect(takeAll(budget, 100)).toBe(0);
  expect(takeAll(budget, 60_000)).toBe(250);
});

test('the read budget does not shrink when the clock goes back', () => {
  const budget = new ReadBudget();
  expect(takeAll(budget, 1000)).toBe(250);
  expect(takeAll(budget, 0)).toBe(0);
  expect(takeAll(budget, 4)).toBe(1);
});
