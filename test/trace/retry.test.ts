import { expect, test } from 'vitest';
import { Retry } from '../../src/trace/retry.ts';

const ms = (count: number) => BigInt(count) * 1_000_000n;

/** How long it waits after each of so many failures, ms. */
const waits = (retry: Retry, failures: number): number[] =>
  Array.from({ length: failures }, () => {
    retry.failed(0n);
    let wait = 0;
    while (!retry.isDue(ms(wait))) wait += 50;
    return wait;
  });

test('waits twice as long after each failure, five seconds at most', () => {
  expect(waits(new Retry(), 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('begins anew after a success, and need not wait when things have changed', () => {
  const retry = new Retry();
  expect(retry.isDue(0n)).toBe(true);
  expect(waits(retry, 3).at(-1)).toBe(400);
  retry.hurry();
  expect(retry.isDue(0n)).toBe(true);
  expect(waits(retry, 1)).toEqual([800]);
  retry.succeeded();
  expect(waits(retry, 1)).toEqual([100]);
});
