import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../../src/store/state/layout.ts';
import { churnColumns } from '../../../src/store/views/churn-columns.ts';
import { failureColumns } from '../../../src/store/views/failure-columns.ts';
import { processColumns } from '../../../src/store/views/process-columns.ts';
import { layoutColumns, type TableColumn } from '../../../src/store/views/table-column.ts';
import { positionText, titleLine } from '../../../src/ui/components/table.ts';
import { createTheme } from '../../../src/ui/theme/theme.ts';

const markerCells = 2;
const plain = createTheme({ color: false, plain: true });

describe.each<[string, readonly TableColumn[], (width: number) => number]>([
  [
    'processes',
    processColumns,
    (width) => {
      const layout = layoutOf({ columns: width, rows: 24 });
      return layout.kind === 'tooSmall' ? 0 : layout.tableColumns;
    },
  ],
  ['churn', churnColumns, (width) => width],
  ['failures', failureColumns, (width) => width],
])('the columns of %s', (_, columns, tableWidthOf) => {
  test.each(Array.from({ length: 211 }, (__, index) => 40 + index))(
    'fill a terminal %i cells wide',
    (width) => {
      const tableWidth = tableWidthOf(width);
      const shown = layoutColumns(columns, tableWidth);
      const used = shown.reduce((sum, { columnWidth }) => sum + columnWidth + 1, markerCells - 1);
      expect(used).toBeLessThanOrEqual(tableWidth);
      if (shown.some(({ column }) => column.width === undefined)) expect(used).toBe(tableWidth);
      for (const { columnWidth } of shown) expect(columnWidth).toBeGreaterThan(0);
      // The name is wide enough to be useful.
      const name = shown.find(({ column }) => ['command', 'comm', 'name'].includes(column.id));
      expect(name?.columnWidth).toBeGreaterThanOrEqual(15);
    },
  );

  test('a wider table never shows fewer columns', () => {
    for (let width = 1; width <= 250; width++) {
      const ids = (tableWidth: number) => layoutColumns(columns, tableWidth).map(({ column }) => column.id);
      expect(ids(width)).toEqual(expect.arrayContaining(ids(width - 1)));
    }
    expect(layoutColumns(columns, 250)).toHaveLength(columns.length);
  });
});

test.each([
  ['   AGE', false, '  ▾AGE'],
  ['   AGE', true, '  ▴AGE'],
  ['COMM   ', false, 'COMM▾'],
  ['TOP PARENT  ', true, 'TOP▴PARENT'],
  ['S', false, 'S'],
])('the sorted title %j (reversed: %s) is %j', (text, reversed, shown) => {
  const column: TableColumn = { id: 'any', width: undefined, align: 'left', minTableWidth: 0 };
  const columns = [{ column, columnWidth: text.length }];
  const order = { by: 'any', reversed };
  const line = titleLine({ columns, titleOf: () => text, order, focused: true, notes: [], width: 40 }, plain);
  expect(line.trimEnd()).toBe(`› ${shown}`);
});

test.each([
  [0, 20, 12, 12, '12'],
  [0, 20, 12, 400, '12 of 400'],
  [40, 20, 100, 100, '41–60 of 100'],
  [90, 20, 1_100, 4_000, '91–110 of 1,100 of 4,000'],
])(
  'the position of row %i with %i rows on screen, %i of %i rows matching',
  (top, rows, count, total, note) => {
    expect(positionText({ top, rows, count, total })).toBe(note);
  },
);
