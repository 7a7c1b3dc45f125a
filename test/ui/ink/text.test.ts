import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leanMeasure, leanText } from '../../../src/ui/ink/text.ts';
import { ownGlyphs } from '../../../src/ui/text/glyphs.ts';

// Not among what Ink exports: what is put in its place must be held against it.
const ink = (module: string) => import(`../../../node_modules/ink/build/${module}.js`);
const { default: inkSquash } = await ink('squash-text-nodes');
const { default: inkMeasure } = await ink('measure-text');

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

test('joins the parts of a text as Ink does', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 2 }), (parts) => {
      const node = { nodeName: 'ink-text', childNodes: parts.map(textNode) };
      expect(leanText(inkSquash)(node)).toBe(inkSquash(node));
    }),
  );
});

test('measures a text as Ink does', () => {
  fc.assert(
    fc.property(text, (of) => {
      expect(leanMeasure(inkMeasure)(of)).toEqual(inkMeasure(of));
    }),
  );
});

test('only what is no line of our own is left to Ink', () => {
  const theirs = () => 'theirs';
  const squash = (...parts: string[]) => leanText(theirs)({ childNodes: parts.map(textNode) });
  expect(squash('\x1b[1;31m●\x1b[22;39m live')).toBe('\x1b[1;31m●\x1b[22;39m live');
  expect(squash('a\x1b[2J')).toBe('theirs');
  expect(squash('a', 'b')).toBe('theirs');
});
