import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { assertPatched, parsePatch } from '../../scripts/build/patches.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const patches = readdirSync('patches').filter((name) => name.endsWith('.patch'));

test('node_modules is patched', () => {
  expect(() => assertPatched()).not.toThrow();
});

test('npm ci applies the patches and fails when one does not apply', () => {
  expect(manifest.scripts.postinstall).toBe('patch-package --error-on-fail --error-on-warn');
});

test.each(patches)('%s is made for the installed version and explained', (name) => {
  const [, packageName, version] = /^(.+)\+(.+)\.patch$/.exec(name) as unknown as [string, string, string];
  const installed = JSON.parse(readFileSync(`node_modules/${packageName}/package.json`, 'utf8'));
  expect(installed.version).toBe(version);
  expect(readFileSync('patches/README.md', 'utf8')).toContain(name);
});

test.each(patches)('assertPatched throws when a file of %s is missing or not patched', (name) => {
  cpSync(`patches/${name}`, join(folder.path, 'patches', name), { recursive: true });
  const files = parsePatch(readFileSync(`patches/${name}`, 'utf8')).map(({ path }) => path);
  for (const path of files) {
    mkdirSync(join(folder.path, dirname(path)), { recursive: true });
    cpSync(path, join(folder.path, path));
  }
  expect(() => assertPatched(folder.path)).not.toThrow();
  for (const path of files) {
    expect(existsSync(path), path).toBe(true);
    writeFileSync(join(folder.path, path), '');
    expect(() => assertPatched(folder.path), path).toThrow(
      `patches/${name}: not applied to ${path} (run \`npx patch-package\``,
    );
    cpSync(path, join(folder.path, path));
  }
});
