import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTheme, type Role } from '../../src/ui/theme/theme.ts';
import { themes } from '../../src/ui/theme/themes.ts';
import { importInk } from '../support/harness/ink.ts';

const { default: Output } = await importInk('output');
const { default: joinWholeLines } = await importInk('join-whole-lines');

type Transformer = (line: string, index: number) => string;
type Operation =
  | { type: 'write'; x: number; y: number; text: string; transformers: readonly Transformer[] }
  | { type: 'clip'; clip: object }
  | { type: 'unclip' };

const [columns, rows] = [40, 4];
const unchanged = (line: string) => line;
const write = (x: number, y: number, text: string, transformers = [unchanged]): Operation => ({
  type: 'write',
  x,
  y,
  text,
  transformers,
});
const outputOf = (operations: Operation[]) => {
  const output = new Output({ width: columns, height: rows });
  output.operations = operations;
  return output;
};

/** Returns the cells of a terminal, each with its character and attributes. */
const shown = (text: string) =>
  new Promise<string[]>((resolve) => {
    const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    terminal.write(text.replaceAll('\n', '\r\n'), () => {
      const cells: string[] = [];
      for (let y = 0; y < rows; y++)
        for (let x = 0; x < columns; x++) {
          const cell = terminal.buffer.active.getLine(y)?.getCell(x);
          const styles = [
            cell?.isBold(),
            cell?.isDim(),
            cell?.isInverse(),
            cell?.isStrikethrough(),
            cell?.getFgColor(),
          ];
          cells.push(`${cell?.getChars() || ' '} ${styles.join()}`);
        }
      resolve(cells);
    });
  });

const roles = Object.keys(themes.terminal.styles) as Role[];
const { paint } = createTheme({ color: true });
const part = fc
  .tuple(fc.constantFrom(...roles), fc.stringMatching(/^[a-z ·│█漢é]{0,8}$/u))
  .map(([role, text]) => paint(role, text));
const text = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
const operation = fc
  .tuple(fc.nat(columns - 1), fc.nat(rows - 1), text)
  .filter(([, , line]) => line !== '')
  .map(([x, y, line]) => write(x, y, line));

test('joined lines look on a terminal as lines composed from cells', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 5 }), async (operations) => {
      fc.pre(joinWholeLines(operations, columns, rows) !== undefined);
      const output = outputOf(operations);
      const [joined, fromCells] = [output.get(), output.getFromCells()];
      expect(joined.height).toBe(fromCells.height);
      expect(await shown(joined.output)).toEqual(await shown(fromCells.output));
    }),
  );
});

describe('Output composes cells when there', () => {
  test.each<[string, Operation[]]>([
    ['are texts that overlap', [write(0, 0, 'abc'), write(2, 0, 'x')]],
    ['are texts from right to left', [write(5, 0, 'abc'), write(0, 0, 'x')]],
    ['is a text of several lines', [write(0, 0, 'a\nb')]],
    ['is a text that is too wide', [write(38, 0, 'abc')]],
    ['is a text outside', [write(0, 4, 'abc')]],
    ['is a style left on', [write(0, 0, '\x1b[1mabc')]],
    ['is a style left on before another that ends', [write(0, 0, '\x1b[1m\x1b[31mabc\x1b[39m')]],
    ['is a hyperlink', [write(0, 0, '\x1b]8;;https://example.com\x07abc\x1b]8;;\x07')]],
    ['is an invisible character', [write(0, 0, 'a\u200bb')]],
    ['is clipping', [{ type: 'clip', clip: {} }, write(0, 0, 'abc'), { type: 'unclip' }]],
  ])('%s', (_, operations) => {
    expect(joinWholeLines(operations, columns, rows)).toBeUndefined();
    expect(outputOf(operations).get()).toEqual(outputOf(operations).getFromCells());
  });
});

test.each(['\x1b[0m', '\x1b[m', '\x1b[22;39;49m'])('joinWholeLines accepts styles ended by %j', (end) => {
  const text = `\x1b[1;31;48;5;3mabc${end}`;
  expect(joinWholeLines([write(0, 0, text)], columns, rows)).toEqual([text, '', '', '']);
});

test('joinWholeLines applies transformers', () => {
  expect(joinWholeLines([write(2, 1, 'abc', [(line) => line.toUpperCase()])], columns, rows)).toEqual([
    '',
    '  ABC',
    '',
    '',
  ]);
});
