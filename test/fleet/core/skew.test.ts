import { expect, test } from 'vitest';
import { Skew } from '../../../src/fleet/core/skew.ts';
import { seconds } from '../../support/fixtures/events.ts';

test('the skew is the greatest difference of the last minute', () => {
  const skew = new Skew();
  for (const [at, difference] of [
    [0, -0.3],
    [10, -0.1],
    [20, -0.2],
  ])
    skew.add(seconds(difference as number), seconds(at as number));
  expect(skew.ns).toBe(seconds(-0.1));
  for (let at = 25; at <= 95; at += 5) skew.add(seconds(-0.2), seconds(at));
  expect(skew.ns).toBe(seconds(-0.2));
});

test('a fast clock is corrected at once, and a slow one when the guest is not catching up', () => {
  const fast = new Skew();
  fast.add(seconds(5), seconds(1));
  expect(fast.correctionNs(seconds(1))).toBe(seconds(5));

  const late = new Skew();
  // An hour of records arrives within ten seconds.
  for (let at = 0; at <= 10; at++) late.add(seconds(-3600 + at * 360), seconds(at));
  expect(late.correctionNs(seconds(10))).toBe(0n);

  const slow = new Skew();
  for (let at = 0; at <= 10; at++) slow.add(seconds(-300), seconds(at));
  expect(slow.correctionNs(seconds(9))).toBe(0n);
  expect(slow.correctionNs(seconds(10))).toBe(seconds(-300));
});
