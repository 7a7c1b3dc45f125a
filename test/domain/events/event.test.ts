import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitted, noteLimit, noteOf } from '../../../src/domain/events/event.ts';

test('a note is one line of text', () => {
  expect(noteOf('  deployed\t1.4\r\nand restarted \x1b[31m', 5n)).toEqual({
    probe_source: 'trace.note',
    text: 'deployed 1.4 and restarted [31m',
    monotonic_ns: 5n,
  });
});

test.each(['', '   ', '\r\n', '\x1b\x07'])('%j says nothing', (text) => {
  expect(noteOf(text, 1n)).toBeUndefined();
});

test('of any text as much is kept as fits, and no half character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), (text) => {
      const kept = fitted(text);
      expect(text.startsWith(kept)).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(noteLimit);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(text.length, noteLimit - 1));
      expect(kept).not.toMatch(/[\ud800-\udbff]$/);
    }),
  );
});
