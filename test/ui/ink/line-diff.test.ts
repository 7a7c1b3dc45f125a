import xterm from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedCells, leanLine } from '../../../src/ui/ink/line-diff.ts';
import { createTheme, type Role } from '../../../src/ui/theme/theme.ts';
import { themeNames, themes } from '../../../src/ui/theme/themes.ts';

const columns = 30;

/** Every cell with its character and attributes, as a terminal shows it. */
const shown = (text: string) =>
  new Promise<string[]>((resolve) => {
    const terminal = new xterm.Terminal({ cols: columns, rows: 2, allowProposedApi: true });
    terminal.write(text, () => {
      resolve(
        Array.from({ length: columns }, (_, x) => {
          const cell = terminal.buffer.active.getLine(0)?.getCell(x);
          const { bold, dim, inverse, strike, line, colour } = {
            bold: cell?.isBold(),
            dim: cell?.isDim(),
            inverse: cell?.isInverse(),
            strike: cell?.isStrikethrough(),
            line: cell?.isUnderline(),
            colour: `${cell?.getFgColorMode()} ${cell?.getFgColor()}`,
          };
          return [cell?.getChars() || ' ', bold, dim, inverse, strike, line, colour].join();
        }),
      );
    });
  });

const roles = Object.keys(themes.terminal.styles) as Role[];
const paints = themeNames.map((name) => createTheme({ color: true, name }).paint);
const part = fc
  .tuple(fc.constantFrom(...paints), fc.constantFrom(...roles), fc.stringMatching(/^[ab ·│█]{0,9}$/u))
  .map(([paint, role, text]) => paint(role, text));
const line = fc.array(part, { maxLength: 3 }).map((parts) => parts.join(''));

test('brings any line to any other', async () => {
  await fc.assert(
    fc.asyncProperty(line, line, async (previous, next) => {
      const update = changedCells(previous, next, columns);
      expect(update).toBeDefined();
      expect(await shown(`${previous}${update}`)).toEqual(await shown(next));
    }),
  );
});

test('writes what changed, and jumps over what did not', () => {
  const row = (age: string) => `  1234 root ${age} \x1b[2mcron\x1b[22m   12:00 + cron`;
  expect(changedCells(row('12s'), row('13s'), 40)).toBe('\x1b[14G3');
  expect(changedCells('a     b', 'c     d', 40)).toBe('\x1b[1Gc     d');
  expect(changedCells('a         b', 'c         d', 40)).toBe('\x1b[1Gc\x1b[11Gd');
  expect(changedCells('abc', 'ab', 40)).toBe('\x1b[3G\x1b[K');
  expect(changedCells('abc', 'abc', 40)).toBe('');
  expect(changedCells('a', '\x1b[1;31mb\x1b[22;39m', 40)).toBe('\x1b[1G\x1b[1;31mb\x1b[m');
});

test.each([
  ['wide characters', '漢'],
  ['combining ones', 'e\u0301'],
  ['a style of another', '\x1b[48;5;3mx\x1b[49m'],
  ['a reset', 'x\x1b[mx'],
  ['a control', 'a\tb'],
  ['a line too long', 'x'.repeat(columns + 1)],
])('%s are left to Ink', (_, text) => {
  expect(changedCells('x', text, columns)).toBeUndefined();
  expect(changedCells(text, 'x', columns)).toBeUndefined();
  expect(leanLine(() => 'theirs')('x', text, columns)).toBe('theirs');
});
