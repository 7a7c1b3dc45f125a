import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { bundledPackages, licensesText, readPackage } from '../../../scripts/build/licenses.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

/** Creates a package in a node_modules folder of the test. Returns its folder. */
const createPackage = (
  name: string,
  manifest: object,
  files: Readonly<Record<string, string>> = {},
): string => {
  const path = join(folder.path, 'node_modules', name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version: '1.2.3', ...manifest }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
};

const metafile = (inputs: Readonly<Record<string, number>>): Metafile => ({
  inputs: {},
  outputs: {
    'dist/one.js': {
      bytes: 0,
      imports: [],
      exports: [],
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]),
      ),
    },
  },
});

describe('bundledPackages', () => {
  test('returns each package that contributes code, once', () => {
    const one = createPackage(
      'one',
      { license: 'MIT' },
      { 'license.md': 'words of one', NOTICE: 'and a notice' },
    );
    const scoped = createPackage('@some/two', { license: 'ISC' }, { LICENCE: 'words of two' });
    const gone = createPackage('gone', {});
    const packages = bundledPackages([
      metafile({
        'src/ours.ts': 5,
        [`${one}/a.js`]: 10,
        [`worker-text:${one}/b/c.js`]: 10,
        [`${scoped}/x.js`]: 1,
        [`${gone}/x.js`]: 0,
      }),
    ]);
    const text = licensesText(packages);
    expect(text).toMatch(/these packages:\n\n@some\/two 1\.2\.3: ISC\none 1\.2\.3: MIT\n\n-/);
    expect(text.match(/words of one\n\nand a notice\n/g)).toHaveLength(1);
    expect(text).toContain('@some/two 1.2.3: ISC\n\nwords of two\n');
  });

  test('includes the licenses of packages bundled into a package, as yargs-parser in meow', () => {
    expect(readPackage('node_modules/meow').text).toMatch(
      /yargs-parser[\s\S]*Copyright \(c\) 2016, Contributors/,
    );
  });

  test('throws when a package has no license or no license text', () => {
    expect(() => readPackage(createPackage('silent', {}, { LICENSE: 'words' }))).toThrow(
      'silent: no license',
    );
    expect(() => readPackage(createPackage('wordless', { license: 'MIT' }))).toThrow(
      'wordless: no license text (MIT)',
    );
  });
});

test('yoga-layout has the owner of react, whose license text it shares', () => {
  const owner = 'Copyright (c) Meta Platforms, Inc. and affiliates.';
  const { text } = readPackage('node_modules/yoga-layout');
  expect(text).toContain(owner);
  expect(text).toContain('Permission is hereby granted, free of charge');
  expect(readFileSync('node_modules/yoga-layout/dist/src/index.js', 'utf8')).toContain(owner);
  expect(readdirSync('node_modules/yoga-layout').filter((file) => /licen[cs]e/i.test(file))).toEqual([]);
});

test('dist/THIRD-PARTY-LICENSES lists Ink, React and Yoga in their installed versions', () => {
  const text = readFileSync('dist/THIRD-PARTY-LICENSES', 'utf8');
  for (const name of ['ink', 'react', 'react-reconciler', 'yoga-layout']) {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
    expect(text).toContain(`\n${name} ${version}: MIT\n`);
  }
});
