import { expect, test } from 'vitest';
import {
  type CellStyle,
  cellColors,
  defaultBackground,
  defaultForeground,
  paletteColor,
} from '../../../scripts/demo/colors.ts';

const cell = (overrides: Partial<CellStyle> = {}): CellStyle => ({
  getFgColor: () => 0,
  getBgColor: () => 0,
  isFgRGB: () => false,
  isBgRGB: () => false,
  isFgDefault: () => true,
  isBgDefault: () => true,
  isInverse: () => 0,
  isDim: () => 0,
  ...overrides,
});

test('paletteColor returns the cube and the grays of xterm', () => {
  expect(paletteColor(16)).toEqual([0, 0, 0]);
  expect(paletteColor(231)).toEqual([255, 255, 255]);
  expect(paletteColor(232)).toEqual([8, 8, 8]);
  expect(paletteColor(255)).toEqual([238, 238, 238]);
});

test('cellColors returns the default colors for a plain cell, and swaps them for an inverse cell', () => {
  expect(cellColors(cell())).toEqual({ foreground: defaultForeground, background: defaultBackground });
  expect(cellColors(cell({ isInverse: () => 1 }))).toEqual({
    foreground: defaultBackground,
    background: defaultForeground,
  });
});

test('cellColors returns 24-bit colors unchanged', () => {
  const { foreground } = cellColors(
    cell({ isFgDefault: () => false, isFgRGB: () => true, getFgColor: () => 0x0a0b0c }),
  );
  expect(foreground).toEqual([10, 11, 12]);
});

test('cellColors returns a color halfway to the background for a dim cell', () => {
  expect(cellColors(cell({ isDim: () => 1 })).foreground).toEqual(
    defaultForeground.map((part, index) => Math.round((part + defaultBackground[index]!) / 2)),
  );
});
