import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

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
