import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from '../../src/util/printable.ts';

test.each([
  ['', ''],
  ['nginx: worker', 'nginx: worker'],
  ['漢字 é 👍', '漢字 é 👍'],
  ['\x1b[31mred', '␛[31mred'],
  ['\x1b]0;owned\x07', '␛]0;owned␇'],
  ['a\nb\r\tc\0', 'a␊b␍␉c␀'],
  ['\x7f', '␡'],
  ['safe\n', 'safe␊'],
  ['c1\u009b31m', 'c1\ufffd31m'],
  ['\u202eevil\u202c', '\ufffdevil\ufffd'],
  ['zero\u200bwidth\u2060\ufeff', 'zero\ufffdwidth\ufffd\ufffd'],
  ['line\u2028para\u2029', 'line\ufffdpara\ufffd'],
  ['private\ue000', 'private\ufffd'],
  ['lone\ud800', 'lone\ufffd'],
  ['☎\ufe0f', '☎\ufffd'],
  ['tag\u{e0041}', 'tag\ufffd'],
  // Invisible letters and marks: `nginx` and `nginx` with a filler must not look alike.
  ['filler\u3164\u115f\uffa0', 'filler\ufffd\ufffd\ufffd'],
  ['joiner\u034f', 'joiner\ufffd'],
])('printable maps %j to %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

describe('printable of any text', () => {
  const text = fc.string({ unit: 'binary' });

  test('contains no character that moves, hides or reorders others [fault:hostile-name-printable]', () => {
    const hostile =
      /[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]/u;
    fc.assert(
      fc.property(text, (hostileText) => !hostile.test(printable(hostileText))),
      { numRuns: 1000 },
    );
    // Random texts may miss some characters, so each one is tested too.
    for (let code = 0; code <= 0xe0fff; code++) {
      const character = String.fromCodePoint(code);
      if (hostile.test(character)) expect(printable(character)).toMatch(/^[\u2400-\u2421\ufffd]$/);
    }
  });

  test('keeps the number of characters and is idempotent', () => {
    fc.assert(
      fc.property(text, (before) => {
        const after = printable(before);
        expect([...after]).toHaveLength([...before].length);
        expect(printable(after)).toBe(after);
        expect(after).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});
