import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeComm } from '../../src/proc/comm.ts';

test.each([
  ['', ''],
  ['nginx', 'nginx'],
  ['exactly 16 bytes', 'exactly 16 bytes'],
  ['kworker/u17:3-events_unbound', 'kworker/u17:3-ev'],
  // é has two bytes, 漢 three, 👍 four; each of them crosses byte 16.
  ['123456789012345é', '123456789012345'],
  ['12345678901234é', '12345678901234é'],
  ['12345678901234漢', '12345678901234'],
  ['1234567890123漢', '1234567890123漢'],
  ['1234567890123👍x', '1234567890123'],
  ['👍👍👍👍👍', '👍👍👍👍'],
  [') R 1 (', ') R 1 ('],
])('decodeComm decodes %j to %j', (bytes, comm) => {
  expect(decodeComm(Buffer.from(bytes))).toEqual({ comm });
});

test.each([
  ['nginx\n', 'nginx'],
  ['nginx\n\n', 'nginx'],
  ['\n', ''],
  ['two\nlines\n', 'two\nlines'],
])(
  'decodeComm keeps the bytes of %j, which ends in a newline, as hex [fault:newline-name]',
  (bytes, comm) => {
    expect(decodeComm(Buffer.from(bytes))).toEqual({ comm, hex: Buffer.from(bytes).toString('hex') });
  },
);

describe('decodeComm of invalid UTF-8', () => {
  test.each([
    ['ff', '\ufffd'],
    ['61ff62', 'a\ufffdb'],
    // The kernel truncates to 15 bytes, here inside of é.
    ['3132333435363738393031323334c3', '12345678901234\ufffd'],
    ['c0af', '\ufffd\ufffd'],
    ['eda080', '\ufffd\ufffd\ufffd'],
  ])('replaces the invalid bytes of %s and keeps them as hex', (hex, comm) => {
    expect(decodeComm(Buffer.from(hex, 'hex'))).toEqual({ comm, hex });
    expect(decodeComm(Buffer.from(`${hex}0a`, 'hex'))).toEqual({ comm, hex: `${hex}0a` });
  });
});

/** The names of user processes have at most 15 bytes. */
const kernelComm = fc.uint8Array({ maxLength: 15 });

test('decodeComm is reversible [fault:invalid-utf8]', () => {
  fc.assert(
    fc.property(kernelComm, (bytes) => {
      const { comm, hex } = decodeComm(bytes);
      expect(hex === undefined).toBe(isUtf8(bytes) && bytes.at(-1) !== 0x0a);
      expect(hex === undefined ? Buffer.from(comm) : Buffer.from(hex, 'hex')).toEqual(Buffer.from(bytes));
    }),
  );
});

test('decodeComm truncates to 16 bytes without splitting a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (name) => {
      fc.pre(!name.endsWith('\n'));
      const { comm, hex } = decodeComm(Buffer.from(name));
      const length = Buffer.byteLength(comm);
      expect(hex).toBeUndefined();
      expect(name.startsWith(comm)).toBe(true);
      expect(length).toBeLessThanOrEqual(16);
      const next = [...name.slice(comm.length)][0];
      if (next !== undefined) expect(length + Buffer.byteLength(next)).toBeGreaterThan(16);
    }),
  );
});
