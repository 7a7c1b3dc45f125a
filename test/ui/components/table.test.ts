import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../../src/store/state/layout.ts';
import { churnColumns } from '../../../src/store/views/churn-columns.ts';
import { processColumns } from '../../../src/store/views/process-columns.ts';
import { layoutColumns, type TableColumn } from '../../../src/store/views/table-column.ts';
import { positionText, titleLine } from '../../../src/ui/components/table.ts';
import { createTheme } from '../../../src/ui/theme/theme.ts';

const mark = 2;
const plain = createTheme({ color: false, plain: true });

describe.each<[string, readonly TableColumn[], (width: number) => number]>([
  [
    'processes',
    processColumns,
    (width) => {
      const layout = layoutOf({ columns: width, rows: 24 });
      return layout.kind === 'too small' ? 0 : layout.tableColumns;
    },
  ],
  ['churn', churnColumns, (width) => width],
])('the columns of %s', (_, all, listOf) => {
  test.each(Array.from({ length: 211 }, (__, index) => 40 + index))('fill a terminal of %i', (width) => {
    const list = listOf(width);
    const shown = layoutColumns(all, list);
    const taken = shown.reduce((sum, { columnWidth }) => sum + columnWidth + 1, mark - 1);
    expect(taken).toBeLessThanOrEqual(list);
    if (shown.some(({ column }) => column.width === undefined)) expect(taken).toBe(list);
    for (const { columnWidth } of shown) expect(columnWidth).toBeGreaterThan(0);
    // The name still tells something.
    const name = shown.find(({ column }) => column.id === 'comm' || column.id === 'name');
    expect(name?.columnWidth).toBeGreaterThanOrEqual(15);
  });

  test('a wider list never shows fewer', () => {
    for (let width = 1; width <= 250; width++) {
      const ids = (list: number) => layoutColumns(all, list).map(({ column }) => column.id);
      expect(ids(width)).toEqual(expect.arrayContaining(ids(width - 1)));
    }
    expect(layoutColumns(all, 250)).toHaveLength(all.length);
  });
});

test.each([
  ['   AGE', false, '  ▾AGE'],
  ['   AGE', true, '  ▴AGE'],
  ['COMM   ', false, 'COMM▾'],
  ['MOSTLY BY  ', true, 'MOSTLY▴BY'],
  ['S', false, 'S'],
])('the title %j, sorted, reversed: %s, is %j', (text, reversed, shown) => {
  const titles = [{ text, sorted: true }];
  const line = titleLine({ titles, reversed, focused: true, note: '', width: 40 }, plain);
  expect(line.trimEnd()).toBe(`› ${shown}`);
});

test.each([
  [0, 20, 12, 12, '12'],
  [0, 20, 12, 400, '12 of 400'],
  [40, 20, 100, 100, '41–60 of 100'],
  [90, 20, 1_100, 4_000, '91–110 of 1,100 of 4,000'],
])('where in a list: row %i, page %i, %i rows of %i', (top, rows, count, total, note) => {
  expect(positionText(top, rows, count, total)).toBe(note);
});
