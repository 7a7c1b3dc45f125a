import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lock from '../package-lock.json' with { type: 'json' };

const section = /## Dependencies\n([\s\S]*)/.exec(readFileSync('CONTRIBUTING.md', 'utf8'))?.[1] ?? '';
const rows = [...section.matchAll(/^\| (\S.*?) +\| (.+?) +\|$/gm)].filter(
  ([, names]) => names !== 'package' && !names?.startsWith('---'),
);

test('each dependency has its reason in CONTRIBUTING, and nothing else has one', () => {
  const named = rows.flatMap(([, names = '']) => names.split(', '));
  expect(named.toSorted()).toEqual(
    Object.keys({ ...manifest.devDependencies, ...manifest.optionalDependencies }).toSorted(),
  );
  for (const [, names, reason = ''] of rows) expect(reason.length, names).toBeGreaterThan(10);
});

test('at run time there is none', () => {
  expect(Object.keys(manifest)).not.toContain('dependencies');
});

test('koffi has the same exact version for every processor', () => {
  const versions = Object.entries(manifest.optionalDependencies).filter(([name]) => name.includes('koffi'));
  expect(versions.map(([, version]) => version)).toEqual(Array(2).fill(expect.stringMatching(/^3[.\d]+$/)));
  expect(new Set(versions.map(([, version]) => version)).size).toBe(1);
});

test('Ink measures text with the same string-width as the screen', () => {
  const installed = Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/string-width'));
  expect(installed).toEqual(['node_modules/string-width']);
});
