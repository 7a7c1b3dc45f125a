import { expect, test } from 'vitest';
import { Backoff } from '../../../src/trace/record/backoff.ts';

const ms = (count: number) => BigInt(count) * 1_000_000n;

/** Returns the delay after each of `failures` failures, ms. */
const delays = (backoff: Backoff, failures: number): number[] =>
  Array.from({ length: failures }, () => {
    backoff.onFailure(0n);
    let wait = 0;
    while (!backoff.isDue(ms(wait))) wait += 50;
    return wait;
  });

test('Backoff doubles the delay after each failure, up to five seconds', () => {
  expect(delays(new Backoff(), 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('Backoff starts over after a success, and is due at once after retryNow', () => {
  const backoff = new Backoff();
  expect(backoff.isDue(0n)).toBe(true);
  expect(delays(backoff, 3).at(-1)).toBe(400);
  backoff.retryNow();
  expect(backoff.isDue(0n)).toBe(true);
  expect(delays(backoff, 1)).toEqual([800]);
  backoff.onSuccess();
  expect(delays(backoff, 1)).toEqual([100]);
});
