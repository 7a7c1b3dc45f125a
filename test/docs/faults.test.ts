import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const rows = readFileSync('docs/faults.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (what happens|---) /.test(line))
  .map((line) => line.split(' | '));

/** What a cell names: test files, and titles of tests in each. */
const causesIn = (cell: string) =>
  [...cell.matchAll(/\]\(\.\.\/([^)]+)\)([^[]*)/g)].map(([, file = '', text = '']) => ({
    file,
    titles: [...text.matchAll(/“(.+?)”/g)].map(([, title]) => title as string),
  }));

test('each fault names a test that is there', () => {
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.flatMap(([what, , cell = '']) => {
    const causes = causesIn(cell);
    if (causes.length === 0) return [`${what}: no test`];
    return causes.flatMap(({ file, titles }) => {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return ['', ...titles]
        .filter((title) => text === '' || !text.includes(title))
        .map((title) => `${what}: ${file} ${title}`);
    });
  });
  expect(missing).toEqual([]);
});
