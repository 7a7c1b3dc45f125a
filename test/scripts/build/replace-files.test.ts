import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { replaceFiles } from '../../../scripts/build/replace-files.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

test('replaceFiles leaves the new files only', () => {
  mkdirSync(join(folder.path, 'types'));
  for (const name of ['entry.js', 'old.js', 'types/index.d.ts'])
    writeFileSync(join(folder.path, name), 'old');
  const files = new Map([
    ['entry.js', 'new'],
    ['chunks/chunk-1.js', 'chunk'],
  ]);
  const paths = new Map(Array.from(files, ([name, text]) => [join(folder.path, name), text]));
  replaceFiles(folder.path, paths);
  const names = readdirSync(folder.path, { recursive: true, encoding: 'utf8' });
  expect(names.toSorted()).toEqual(['chunks', 'chunks/chunk-1.js', 'entry.js']);
  for (const [path, text] of paths) expect(readFileSync(path, 'utf8')).toBe(text);
});
