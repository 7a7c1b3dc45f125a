import { describe, expect, test } from 'vitest';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { type Role, type ThemeName, themeNames, themes } from '../../../src/ui/theme/themes.ts';

const roles = Object.keys(themes.terminal.styles) as Role[];

test('the default theme uses the terminal’s 16 colors', () => {
  const { paint } = createTheme({ color: true });
  expect(paint('spawn', '+')).toBe('\x1b[32m+\x1b[39m');
  expect(paint('paused', 'x')).toBe('\x1b[1;7;33mx\x1b[22;27;39m');
  expect(paint('value', 'x')).toBe('x');
  expect(paint('spawn', '')).toBe('');
});

describe.each(themeNames)('%s', (name) => {
  test('resets every attribute it sets', () => {
    const { paint } = createTheme({ color: true, name });
    for (const role of roles) {
      const off: Readonly<Record<string, string>> = { 1: '22', 2: '22', 4: '24', 7: '27', 9: '29' };
      const [, on = '', closing = ''] =
        /^(?:\x1b\[([\d;]+)m)?x(?:\x1b\[([\d;]+)m)?$/.exec(paint(role, 'x')) ?? [];
      const colorless = on.replace(/38;2;\d+;\d+;\d+|\b[39]\d\b/, '39');
      const wanted = colorless.split(';').map((code) => off[code] ?? code);
      expect(closing.split(';').toSorted(), role).toEqual(wanted.toSorted());
    }
  });

  test('shows a failure, but no normal exit, with and without color', () => {
    for (const color of [true, false]) {
      const { paint } = createTheme({ color, name });
      expect(paint('exit', 'x')).toBe('x');
      expect(paint('failure', 'x')).not.toBe('x');
    }
  });

  test('keeps attributes without color', () => {
    const { paint } = createTheme({ color: false, name });
    for (const role of roles) expect(paint(role, 'x')).toMatch(/^(\x1b\[[12479;]+m)?x(\x1b\[2[\d;]+m)?$/);
  });
});

const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

test.each<[ThemeName, string, (luminance: number) => number]>([
  ['light', 'white', (text) => 1.05 / (text + 0.05)],
  ['color-blind', 'black', (text) => (text + 0.05) / 0.05],
  ['true-color', 'black', (text) => (text + 0.05) / 0.05],
])('%s is readable on %s (WCAG 2, 4.5 to 1)', (name, _background, contrastOf) => {
  const styles = Object.values<{ color?: number | string }>(themes[name].styles);
  const colors = styles.flatMap(({ color }) => (typeof color === 'string' ? [color] : []));
  expect(colors.length).toBeGreaterThan(5);
  for (const color of colors) expect(contrastOf(luminance(color)), color).toBeGreaterThan(4.5);
});
