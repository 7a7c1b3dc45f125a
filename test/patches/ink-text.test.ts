import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { ownGlyphs } from '../../src/ui/text/glyphs.ts';
import { importInk } from '../support/harness/ink.ts';

const { default: squashTextNodes } = await importInk('squash-text-nodes');
const { default: measureText } = await importInk('measure-text');
const { isSingleCell } = await importInk('single-cell-text');

const piece = fc.constantFrom(
  ...ownGlyphs,
  'a',
  ' ',
  '漢',
  '\u0301',
  '\t',
  '\n',
  '\r\n',
  '\x07',
  '\x9b1m',
  '\x1b[m',
  '\x1b[1;31m',
  '\x1b[4:3m',
  '\x1b[2J',
  '\x1b[?25l',
  '\x1b]0;title\x07',
  '\x1b',
);
const text = fc.array(piece).map((parts) => parts.join(''));
const textNode = (nodeValue: string) => ({ nodeName: '#text', nodeValue });

const squash = (...parts: string[]): string =>
  squashTextNodes({ nodeName: 'ink-text', childNodes: parts.map(textNode) });

test('squashTextNodes takes its fast path only where the general path returns the same', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 2 }), (parts) => {
      // Several parts take the general path.
      expect(squash(...parts)).toBe(squash(...parts, '', ''));
    }),
  );
});

test('measureText takes its fast path only where the general path returns the same', () => {
  fc.assert(
    fc.property(text, (of) => {
      // Several lines take the general path.
      const { width, height } = measureText(`${of}\n`);
      expect(measureText(of)).toEqual({ width, height: of === '' ? 0 : height - 1 });
    }),
  );
});

test('squashTextNodes joins several parts and removes what would move the cursor', () => {
  expect(squash('\x1b[1;31m●\x1b[22;39m live')).toBe('\x1b[1;31m●\x1b[22;39m live');
  expect(squash('a\x1b[2J')).toBe('a');
  expect(squash('a', 'b')).toBe('ab');
});

const codeUnits = Array.from({ length: 1 << 16 }, (_, code) => code);

test('single-cell characters have a width of 1 and include ASCII and all glyphs of the screen', () => {
  const singles = codeUnits.filter(isSingleCell).map((code) => String.fromCharCode(code));
  expect(singles.filter((char) => stringWidth(char) !== 1 || /\p{Control}|\p{Mark}/u.test(char))).toEqual([]);
  expect(stringWidth(singles.join(''))).toBe(singles.length);
  const expected = [...ownGlyphs, ...Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at))];
  expect(expected.filter((char) => !isSingleCell(char.charCodeAt(0)))).toEqual([]);
});
