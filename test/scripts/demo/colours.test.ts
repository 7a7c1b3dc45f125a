import { expect, test } from 'vitest';
import { coloursOf, ink, type Looks, ofPalette, paper } from '../../../scripts/demo/colours.ts';

const cell = (over: Partial<Looks> = {}): Looks => ({
  getFgColor: () => 0,
  getBgColor: () => 0,
  isFgRGB: () => false,
  isBgRGB: () => false,
  isFgDefault: () => true,
  isBgDefault: () => true,
  isInverse: () => 0,
  isDim: () => 0,
  ...over,
});

test('the cube and the greys are those of xterm', () => {
  expect(ofPalette(16)).toEqual([0, 0, 0]);
  expect(ofPalette(231)).toEqual([255, 255, 255]);
  expect(ofPalette(232)).toEqual([8, 8, 8]);
  expect(ofPalette(255)).toEqual([238, 238, 238]);
});

test('a plain cell is ink on paper, an inverse one paper on ink', () => {
  expect(coloursOf(cell())).toEqual({ front: ink, back: paper });
  expect(coloursOf(cell({ isInverse: () => 1 }))).toEqual({ front: paper, back: ink });
});

test('24-bit colours are taken as they are', () => {
  const { front } = coloursOf(
    cell({ isFgDefault: () => false, isFgRGB: () => true, getFgColor: () => 0x0a0b0c }),
  );
  expect(front).toEqual([10, 11, 12]);
});

test('a dim cell lies half-way to its background', () => {
  expect(coloursOf(cell({ isDim: () => 1 })).front).toEqual(
    ink.map((part, at) => Math.round((part + paper[at]!) / 2)),
  );
});
