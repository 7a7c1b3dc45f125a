import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCompactUtc, formatRfc3339, isSameDay } from '../../src/util/time.ts';

test.each([
  [0n, '1970-01-01T00:00:00.000000000Z'],
  [1n, '1970-01-01T00:00:00.000000001Z'],
  [-1n, '1969-12-31T23:59:59.999999999Z'],
  [-1_500_000_000n, '1969-12-31T23:59:58.500000000Z'],
  [1_795_381_345_123_456_789n, '2026-11-22T21:02:25.123456789Z'],
  [2n ** 63n - 1n, '2262-04-11T23:47:16.854775807Z'],
])('formatRfc3339 formats %d ns since the epoch as %s', (ns, text) => {
  expect(formatRfc3339(ns)).toBe(text);
});

test('formatRfc3339 is exact before and after the epoch', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 62n), 2n ** 63n - 1n), (ns) => {
      const text = formatRfc3339(ns);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
      const whole = BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1_000_000n;
      expect(whole + BigInt(text.slice(20, 29))).toBe(ns);
    }),
  );
});

test('formatCompactUtc truncates to seconds and needs no shell quoting', () => {
  expect(formatCompactUtc(1_795_381_345_999_999_999n)).toBe('20261122T210225Z');
});

test.each([
  [0n, 86_399_999_999_999n, true],
  [86_399_999_999_999n, 86_400_000_000_000n, false],
  [-1n, 0n, false],
])('isSameDay compares days in UTC: %d and %d → %s', (left, right, same) => {
  expect(isSameDay(left, right)).toBe(same);
});
