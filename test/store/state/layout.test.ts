import { expect, test } from 'vitest';
import { layoutOf, minSize } from '../../../src/store/state/layout.ts';

test.each([
  ['no alert', {}, 2],
  ['an alert', { hasAlertRow: true }, 3],
  ['an alert and a problem', { hasAlertRow: true, hasStatusRow: true }, 4],
])(
  'rows and columns add up at every size from 1x1 to 250x80 with %s [fault:tiny-terminal]',
  (_, header, firstRow) => {
    for (let width = 1; width <= 250; width++) {
      for (let height = 1; height <= 80; height++) {
        const size = { columns: width, rows: height };
        const layout = layoutOf(size, header);
        const where = `${width}x${height}`;
        if (width < minSize.columns || height < minSize.rows) {
          expect(layout, where).toEqual({ kind: 'tooSmall' });
          continue;
        }
        if (layout.kind === 'tooSmall') throw new Error(`${where} is not too small`);
        const { kind, top, tableRows, logRows, tableColumns, logColumns } = layout;
        expect(top, where).toBe(firstRow);
        const footer = 1;
        const title = 1;
        if (kind === 'stacked') {
          expect(top + title + tableRows + title + logRows + footer, where).toBe(height);
          expect([tableColumns, logColumns], where).toEqual([width, width]);
          expect(tableRows - logRows, where).toBeOneOf([0, 1]);
        } else {
          expect(top + title + tableRows + footer, where).toBe(height);
          expect(logRows, where).toBe(tableRows);
          expect(tableColumns + ' │ '.length + logColumns, where).toBe(width);
        }
        expect(Math.min(tableRows, logRows), where).toBeGreaterThan(0);
        expect(top + title + layout.bodyRows + footer, where).toBe(height);
      }
    }
  },
);
