import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';

const maxFilesPerFolder = 16;
const maxLines = 250;

const files = ['src', 'scripts', 'bench', 'test', 'docs'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .filter((path) => !path.includes('node_modules')),
);

test('no folder has more files than a reader takes in at once', () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > maxFilesPerFolder)).toEqual([]);
  expect(counts.get('src/proc')).toBeGreaterThan(0);
});

test('no source file is too long', () => {
  const sources = files.filter((file) => /^(?:src|scripts|bench)\/.*\.tsx?$/.test(file));
  const lines = sources.map((file) => [file, readFileSync(file, 'utf8').split('\n').length - 1] as const);
  expect(lines.filter(([, count]) => count > maxLines)).toEqual([]);
});
