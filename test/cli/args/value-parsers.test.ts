import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  durationWithin,
  integerWithin,
  parseCpuShare,
  parseFsync,
  parseInterval,
  parseSize,
} from '../../../src/cli/args/value-parsers.ts';
import { printable } from '../../../src/util/printable.ts';

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
])('parseInterval reads %s as %d ns', (text, ns) => {
  expect(parseInterval(text)).toBe(ns);
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
  '1w',
  '1S',
  '1ms2us',
  '١s',
])('parseInterval throws for %j', (text) => {
  expect(() => parseInterval(text)).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      message: `invalid duration "${printable(text)}" (expected 250us, 100ms, 1s, …)`,
    }),
  );
});

test.each(['0', '0s', '99.9us', '0.09', '24.01h', '2d', '1ns', '86401s', '9'.repeat(400)])(
  'parseInterval throws when %s is out of range',
  (text) => {
    expect(() => parseInterval(text)).toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message: `out of range "${text}" (expected 100us to 24h)`,
      }),
    );
  },
);

test('parseInterval reads every whole number of microseconds in range exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 86_400_000_000 }), (us) => {
      expect(parseInterval(`${us}us`)).toBe(BigInt(us) * 1000n);
    }),
  );
});

test.each([
  ['64KiB', 65_536],
  ['64MiB', 67_108_864],
  ['1.5GiB', 1_610_612_736],
  ['100kB', 100_000],
  ['8TiB', 2 ** 43],
])('parseSize reads %s as %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

test.each(['', '64', '64M', '64mib', '64 MiB', '-1MiB', '1e3MiB', 'MiB', '1KiB', '9TiB', '0GiB'])(
  'parseSize throws for %j',
  (text) => expect(() => parseSize(text)).toThrow(/^(invalid size|out of range) "/),
);

test.each(['', '0', '8', '1.5', '-1', '1e0', ' 1', '9'.repeat(30)])(
  'integerWithin(1, 7) throws for %j',
  (text) => expect(() => integerWithin(1, 7)(text)).toThrow(/^(not a number|out of range) "/),
);

test('parsers read counts, days and off', () => {
  expect(integerWithin(1, 7)('7')).toBe(7);
  expect(durationWithin('1s', '366d')('7d')).toBe(604_800_000_000_000n);
  expect(() => durationWithin('1s', '1h')('5')).toThrow('invalid duration "5"');
  expect(parseFsync('off')).toBe('off');
  expect(parseFsync('100ms')).toBe(100_000_000n);
});

test.each([
  ['5%', 0.05],
  ['0.1%', 0.001],
  ['100%', 1],
])('parseCpuShare reads %s as %d of one core', (text, share) =>
  expect(parseCpuShare(text)).toBeCloseTo(share, 12),
);

test.each(['5', '0%', '101%', '-1%', 'x%', '1e2%', ''])('parseCpuShare throws for %j', (text) =>
  expect(() => parseCpuShare(text)).toThrow(expect.objectContaining({ name: 'UsageError' })),
);
