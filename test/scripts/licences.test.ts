import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { bundled, licences, readPart } from '../../scripts/licences.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

/** A package in a node_modules of the test. Returns its folder. */
const made = (name: string, manifest: object, files: Readonly<Record<string, string>> = {}): string => {
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

describe('the licences of a bundle', () => {
  test('are those of the packages of which something is left in it, each once', () => {
    const one = made('one', { license: 'MIT' }, { 'license.md': 'words of one', NOTICE: 'and a notice' });
    const scoped = made('@some/two', { license: 'ISC' }, { LICENCE: 'words of two' });
    const gone = made('gone', {});
    const parts = bundled([
      metafile({
        'src/ours.ts': 5,
        [`${one}/a.js`]: 10,
        [`late:${one}/b/c.js`]: 10,
        [`${scoped}/x.js`]: 1,
        [`${gone}/x.js`]: 0,
      }),
    ]);
    const text = licences(parts);
    expect(text).toMatch(/its own:\n\n@some\/two 1\.2\.3: ISC\none 1\.2\.3: MIT\n\n-/);
    expect(text.match(/words of one\n\nand a notice\n/g)).toHaveLength(1);
    expect(text).toContain('@some/two 1.2.3: ISC\n\nwords of two\n');
  });

  test('are also those of what others have bundled, as meow has yargs-parser', () => {
    expect(readPart('node_modules/meow').text).toMatch(
      /yargs-parser[\s\S]*Copyright \(c\) 2016, Contributors/,
    );
  });

  test('must all be told, with their words', () => {
    expect(() => readPart(made('silent', {}, { LICENSE: 'words' }))).toThrow('silent: no licence');
    expect(() => readPart(made('wordless', { license: 'MIT' }))).toThrow(
      'wordless: no text of its licence, MIT',
    );
  });
});

test('yoga-layout and react, which has the words for both, have one owner', () => {
  const owner = 'Copyright (c) Meta Platforms, Inc. and affiliates.';
  const { text } = readPart('node_modules/yoga-layout');
  expect(text).toContain(owner);
  expect(text).toContain('Permission is hereby granted, free of charge');
  expect(readFileSync('node_modules/yoga-layout/dist/src/index.js', 'utf8')).toContain(owner);
  expect(readdirSync('node_modules/yoga-layout').filter((file) => /licen[cs]e/i.test(file))).toEqual([]);
});

test('the built bundle has those of Ink, React and Yoga beside it, in their versions', () => {
  const text = readFileSync('dist/THIRD-PARTY-LICENSES', 'utf8');
  for (const name of ['ink', 'react', 'react-reconciler', 'yoga-layout']) {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
    expect(text).toContain(`\n${name} ${version}: MIT\n`);
  }
});
