import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joined, leanOutput, type Operation } from '../../../src/ui/ink/output.ts';
import { createTheme, type Role } from '../../../src/ui/theme/theme.ts';
import { themes } from '../../../src/ui/theme/themes.ts';

// Not among what Ink exports: what is put in its place must be held against it.
const { default: InkOutput } = await import('../../../node_modules/ink/build/output.js' as string);
const LeanOutput = leanOutput(InkOutput);

const [columns, rows] = [40, 4];
const plain = (line: string) => line;
const write = (x: number, y: number, text: string, transformers = [plain]): Operation => ({
  type: 'write',
  x,
  y,
  text,
  transformers,
});
const drawnBy = (Output: typeof LeanOutput, operations: Operation[]) => {
  const output = new Output({ width: columns, height: rows });
  output.operations = operations;
  return output.get();
};

/** Every cell with its character and attributes, as a terminal shows it. */
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

test('what is joined looks on a terminal as what Ink makes of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 5 }), async (operations) => {
      fc.pre(joined(operations, columns, rows) !== undefined);
      const [lean, theirs] = [drawnBy(LeanOutput, operations), drawnBy(InkOutput, operations)];
      expect(lean.height).toBe(theirs.height);
      expect(await shown(lean.output)).toEqual(await shown(theirs.output));
    }),
  );
});

describe('left to Ink', () => {
  test.each<[string, Operation[]]>([
    ['texts that overlap', [write(0, 0, 'abc'), write(2, 0, 'x')]],
    ['texts from right to left', [write(5, 0, 'abc'), write(0, 0, 'x')]],
    ['a text of several lines', [write(0, 0, 'a\nb')]],
    ['a text that is too wide', [write(38, 0, 'abc')]],
    ['a text outside', [write(0, 4, 'abc')]],
    ['a style that goes on', [write(0, 0, '\x1b[1mabc')]],
    ['clipping', [{ type: 'clip' }, write(0, 0, 'abc'), { type: 'unclip' }]],
  ])('%s', (_, operations) => {
    expect(joined(operations, columns, rows)).toBeUndefined();
    if (operations[0]?.type === 'write')
      expect(drawnBy(LeanOutput, operations)).toEqual(drawnBy(InkOutput, operations));
  });
});

test('texts are transformed as their components say', () => {
  expect(joined([write(2, 1, 'abc', [(line) => line.toUpperCase()])], columns, rows)).toEqual([
    '',
    '  ABC',
    '',
    '',
  ]);
});
