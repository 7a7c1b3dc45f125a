import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildExecutable, packCopy } from '../support/harness/build-output.ts';

mkdirSync('build', { recursive: true });
const folder = mkdtempSync(resolve('build', 'reproducible-'));
afterAll(() => rmSync(folder, { recursive: true }));

const isSame = (one: string, other: string) => readFileSync(one).equals(readFileSync(other));

test('the package is byte-identical when built in another directory', () => {
  const [one, other] = ['one', 'another/with-another-name'].map((name) => packCopy(join(folder, name)));
  expect(isSame(one as string, other as string)).toBe(true);
}, 240_000);

test('the executable is byte-identical when built again', () => {
  const name = `churntop-linux-${process.arch}`;
  const [one, other] = ['first', 'second'].map((each) => join(folder, each));
  buildExecutable(one as string);
  buildExecutable(other as string);
  expect(isSame(join(one as string, name), join(other as string, name))).toBe(true);
}, 240_000);
