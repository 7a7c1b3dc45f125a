import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNote, maxNoteLength, truncateNote } from '../../../src/domain/events/event.ts';

test('createNote joins lines and drops control characters', () => {
  expect(createNote('  deployed\t1.4\r\nand restarted \x1b[31m', 5n)).toEqual({
    probe_source: 'trace.note',
    text: 'deployed 1.4 and restarted [31m',
    monotonic_ns: 5n,
  });
});

test.each(['', '   ', '\r\n', '\x1b\x07'])('createNote returns undefined for %j', (text) => {
  expect(createNote(text, 1n)).toBeUndefined();
});

test('truncateNote keeps as much as fits without splitting a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), (text) => {
      const kept = truncateNote(text);
      expect(text.startsWith(kept)).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(maxNoteLength);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(text.length, maxNoteLength - 1));
      expect(kept).not.toMatch(/[\ud800-\udbff]$/);
    }),
  );
});
