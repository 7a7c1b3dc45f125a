import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { replaceFile } from '../../../src/trace/write/replace-file.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const createFolder = (): string => {
  const { path, remove } = createTempDir();
  onTestFinished(remove);
  return path;
};

test('a file is replaced as a whole and leaves no other file', () => {
  const folder = createFolder();
  const path = join(folder, 'churn.prom');
  for (const text of ['old', 'new']) replaceFile(path, text, 0o644);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(readdirSync(folder)).toEqual(['churn.prom']);
  expect(() => replaceFile(join(folder, 'none', 'x.prom'), '', 0o644)).toThrow('ENOENT');
});

test('a symbolic link at the temporary name is not followed, as another user could create one', () => {
  const folder = createFolder();
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'kept');
  const path = join(folder, 'churn.prom');
  symlinkSync(victim, `${path}.${process.pid}.tmp`);
  replaceFile(path, 'new', 0o600);
  expect([readFileSync(victim, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['kept', 'new']);
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
});
