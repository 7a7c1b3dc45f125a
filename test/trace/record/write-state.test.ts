import { expect, test } from 'vitest';
import { Backoff, Throughput } from '../../../src/trace/record/write-state.ts';
import { seconds } from '../../support/fixtures/events.ts';

const ms = (count: number) => BigInt(count) * 1_000_000n;

/** How long it waits after each of so many failures, ms. */
const waits = (retry: Backoff, failures: number): number[] =>
  Array.from({ length: failures }, () => {
    retry.onFailure(0n);
    let wait = 0;
    while (!retry.isDue(ms(wait))) wait += 50;
    return wait;
  });

test('waits twice as long after each failure, five seconds at most', () => {
  expect(waits(new Backoff(), 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('begins anew after a success, and need not wait when things have changed', () => {
  const retry = new Backoff();
  expect(retry.isDue(0n)).toBe(true);
  expect(waits(retry, 3).at(-1)).toBe(400);
  retry.retryNow();
  expect(retry.isDue(0n)).toBe(true);
  expect(waits(retry, 1)).toEqual([800]);
  retry.onSuccess();
  expect(waits(retry, 1)).toEqual([100]);
});

test('counts, and measures over a second at least', () => {
  const written = new Throughput(seconds(10));
  expect(written.add(2, 100)).toBe(2);
  written.measure(seconds(10.5));
  expect(written).toMatchObject({ lines: 2, bytes: 100, bytesPerSecond: 0 });
  written.add(1, 300);
  written.measure(seconds(12));
  expect(written).toMatchObject({ lines: 3, bytes: 400, bytesPerSecond: 200 });
  written.measure(seconds(13));
  expect(written.bytesPerSecond).toBe(0);
});
