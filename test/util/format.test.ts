import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatCount,
  formatCountWithin,
  formatDuration,
  formatRate,
  groupDigits,
} from '../../src/util/format.ts';

const ms = 1_000_000n;
const s = 1000n * ms;
const minute = 60n * s;
const hour = 60n * minute;
const day = 24n * hour;

describe('formatDuration', () => {
  test.each([
    [undefined, '?'],
    [0n, '0.0ms'],
    [300_000n, '0.3ms'],
    [9_949_999n, '9.9ms'],
    [9_950_000n, '10ms'],
    [42n * ms, '42ms'],
    [999_499_999n, '999ms'],
    [999_500_000n, '1.0s'],
    [1200n * ms, '1.2s'],
    [9_949n * ms, '9.9s'],
    [9_960n * ms, '10s'],
    [10n * s, '10s'],
    [59_999n * ms, '59s'],
    [minute, '1m00s'],
    [hour - 1n, '59m59s'],
    [hour, '1h00m'],
    [day - 1n, '23h59m'],
    [12n * day + 3n * hour, '12d03h'],
    [100n * day - 1n, '99d23h'],
    [100n * day, '100d'],
    [1234n * day, '1234d'],
  ])('formats %d ns as %s', (ns, text) => {
    expect(formatDuration(ns)).toBe(text);
  });

  const nsPerUnit: Readonly<Record<string, number>> = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86_400e9 };
  const parseNs = (text: string) =>
    [...text.matchAll(/(\d+(?:\.\d)?)(ms|[smhd])/g)].reduce(
      (sum, [, number, unit]) => sum + Number(number) * (nsPerUnit[unit as string] as number),
      0,
    );
  // The shift makes all magnitudes equally likely.
  const duration = fc
    .tuple(fc.bigInt(0n, 99_999n * day), fc.integer({ min: 0, max: 40 }))
    .map(([ns, shift]) => ns >> BigInt(shift));

  test('takes at most six cells and never decreases as the duration grows', () => {
    fc.assert(
      fc.property(duration, duration, (a, b) => {
        const [shorter, longer] = a < b ? [a, b] : [b, a];
        expect(formatDuration(longer)).toMatch(/^\S{2,6}$/);
        expect(parseNs(formatDuration(shorter))).toBeLessThanOrEqual(parseNs(formatDuration(longer)));
      }),
      { numRuns: 1000, examples: [[9_940n * ms, 9_960n * ms]] },
    );
  });
});

describe('formatRate', () => {
  test.each([
    [0, '0.0'],
    [0.2, '0.2'],
    [12.44, '12.4'],
    [99.94, '99.9'],
    [99.95, '100'],
    [9_999.4, '9999'],
    [9_999.5, '10.0k'],
    [12_345, '12.3k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [250_000, '250k'],
  ])('formats %d per second as %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  test('takes at most five cells up to 10 million per second', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9_999_000, noNaN: true }), (rate) => {
        expect(formatRate(rate).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

test.each([
  [0, '0'],
  [999, '999'],
  [12_004, '12,004'],
  [1_234_567, '1,234,567'],
])('groupDigits formats %d as %s', (count, text) => {
  expect(groupDigits(count)).toBe(text);
});

test('groupDigits formats like the locale en-US', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (count) => {
      expect(groupDigits(count)).toBe(count.toLocaleString('en-US'));
    }),
  );
});

test.each([
  [0, '0 events'],
  [1, '1 event'],
  [2, '2 events'],
  [12_004, '12,004 events'],
])('formatCount formats %d as %s', (count, text) => {
  expect(formatCount(count, 'event')).toBe(text);
});

test.each([
  [999, 4, '999'],
  [1_234, 4, '1234'],
  [12_345, 4, '12k'],
  [99_999, 5, '99999'],
  [123_456, 5, '123k'],
  [12_345_678, 5, '12M'],
  [1_234_567, 7, '1234567'],
  [12_345_678, 7, '12346k'],
  [9_999_999_999, 4, '10G'],
])('formatCountWithin formats %d in %d cells as %s', (count, width, text) => {
  expect(formatCountWithin(count, width)).toBe(text);
});
