import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { ownGlyphs } from '../../../src/ui/text/glyphs.ts';
import widthOf from '../../../src/ui/text/width.ts';

test('the width equals that of string-width', () => {
  const glyph = fc.constantFrom(
    ...ownGlyphs,
    'a',
    ' ',
    '漢',
    '\u0301',
    '\ufe0f',
    '👩‍👩‍👧',
    '\x1b[1m',
    '\x1b[38;5;1m',
    '\x1b[',
    'm',
    '\t',
    '한',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.array(glyph).map((all) => all.join('')),
      ),
      (text) => {
        expect(widthOf(text)).toBe(stringWidth(text));
      },
    ),
  );
});
