import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration } from '../../src/cli/parse.ts';

test.each([
  ['100us', 100_000n],
  ['250us', 250_000n],
  ['250µs', 250_000n],
  // The Greek letter looks the same as the micro sign.
  ['250μs', 250_000n],
  ['0.5ms', 500_000n],
  ['0.1', 100_000n],
  ['100', 100_000_000n],
  ['100ms', 100_000_000n],
  ['1s', 1_000_000_000n],
  ['1.5s', 1_500_000_000n],
  ['5m', 300_000_000_000n],
  ['24h', 86_400_000_000_000n],
  ['1d', 86_400_000_000_000n],
  ['007ms', 7_000_000n],
])('%s is %d ns', (text, ns) => {
  expect(parseDuration(text)).toBe(ns);
});

test.each([
  '',
  ' ',
  'abc',
  'ms',
  '-1s',
  '+1s',
  '1 s',
  ' 1s',
  '1s ',
  '1s\n',
  '1,5s',
  '.5s',
  '1.s',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '1S',
  '1ms2us',
  '١s',
])('%j is no time', (text) => {
  expect(() => parseDuration(text)).toThrow(
    expect.objectContaining({ name: 'UsageError', message: `not a time: ${text} (write 250us, 100ms, 1s)` }),
  );
});

test.each(['0', '0s', '99.9us', '0.09', '24.01h', '2d', '1ns', '86401s', '9'.repeat(400)])(
  '%s is out of range',
  (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: `out of range: ${text} (100us to 24h)` }),
    );
  },
);

test('every whole number of microseconds in range is read exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 86_400_000_000 }), (us) => {
      expect(parseDuration(`${us}us`)).toBe(BigInt(us) * 1000n);
    }),
  );
});
