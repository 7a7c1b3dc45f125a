import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const rows = readFileSync('docs/design/failure-modes.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (failure|---) /.test(line));

/** Ids in the titles of tests: `[fault:enospc]`. */
const ids = new Set(
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.tsx?$/.test(file))
    .flatMap((file) => [...readFileSync(`test/${file}`, 'utf8').matchAll(/\[(fault:[\w-]+)\]/g)])
    .map(([, id]) => id),
);
const idsOf = (text: string) => [...text.matchAll(/`(fault:[\w-]+)`/g)].map(([, id]) => id as string);

test('each failure mode names a test that causes it', () => {
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => idsOf(row).length === 0)).toEqual([]);
  expect(rows.flatMap(idsOf).filter((id) => !ids.has(id))).toEqual([]);
});

test('each id in a test title is in the table', () => {
  const known = new Set(rows.flatMap(idsOf));
  expect([...ids].filter((id) => id === undefined || !known.has(id))).toEqual([]);
});
