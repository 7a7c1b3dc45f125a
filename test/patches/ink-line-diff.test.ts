import xterm from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTheme, type Role } from '../../src/ui/theme/theme.ts';
import { themeNames, themes } from '../../src/ui/theme/themes.ts';
import { importInk } from '../support/harness/ink.ts';

const { default: diffLine } = await importInk('line-diff');
const { default: lineUpdate } = await importInk('line-update');

const columns = 30;

/** Returns the cells of a terminal line, each with its character and attributes. */
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

test('diffLine turns any line into any other', async () => {
  await fc.assert(
    fc.asyncProperty(line, line, async (previous, next) => {
      const update = diffLine(previous, next, columns);
      expect(update).toBeDefined();
      expect(await shown(`${previous}${update}`)).toEqual(await shown(next));
    }),
  );
});

test('diffLine writes changed cells and skips long unchanged runs', () => {
  const row = (age: string) => `  1234 root ${age} \x1b[2mcron\x1b[22m   12:00 + cron`;
  expect(diffLine(row('12s'), row('13s'), 40)).toBe('\x1b[14G3');
  expect(diffLine('a     b', 'c     d', 40)).toBe('\x1b[1Gc     d');
  expect(diffLine('a         b', 'c         d', 40)).toBe('\x1b[1Gc\x1b[11Gd');
  expect(diffLine('abc', 'ab', 40)).toBe('\x1b[3G\x1b[K');
  expect(diffLine('abc', 'abc', 40)).toBe('');
  expect(diffLine('a', '\x1b[1;31mb\x1b[22;39m', 40)).toBe('\x1b[1G\x1b[1;31mb\x1b[m');
});

test.each([
  ['wide characters', '漢'],
  ['combining characters', 'e\u0301'],
  ['an unsupported style', '\x1b[48;5;3mx\x1b[49m'],
  ['a reset', 'x\x1b[mx'],
  ['a control character', 'a\tb'],
  ['a line that is too long', 'x'.repeat(columns + 1)],
])('lineUpdate rewrites the line when it contains %s', (_, text) => {
  expect(diffLine('x', text, columns)).toBeUndefined();
  expect(diffLine(text, 'x', columns)).toBeUndefined();
  expect(lineUpdate('~', text, columns)).toBe(`\x1b[1G\x1b[K${text}`);
});

test('lineUpdate writes changed cells only', () => {
  expect(lineUpdate('abcdefgh', 'abXdefgh', columns)).toBe('\x1b[3GX');
});
