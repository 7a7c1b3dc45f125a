import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { packCopy } from '../support/harness/build-output.ts';
import { bundle } from '../support/harness/bundle.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const root = resolve('.');
// Next to node_modules, so that its files can be hard-linked.
mkdirSync('build', { recursive: true });
const clones = mkdtempSync(join(root, 'build', 'clones-'));
const scene = createTempDir();
const modules = join(scene.path, 'node_modules');
afterAll(() => {
  rmSync(clones, { recursive: true });
  scene.remove();
});

const install = (...options: string[]) =>
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', ...options], {
    cwd: scene.path,
    stdio: 'pipe',
  });

const run = (script: string) =>
  execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: scene.path,
    encoding: 'utf8',
    stdio: 'pipe',
  });

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

let packed = '';
beforeAll(() => {
  packed = packCopy(join(clones, 'one'));
  // Offline, npm may not have the optional package.
  install('--omit=optional', packed);
}, 120_000);

describe('the package', () => {
  test('needs no other package', () => {
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['churntop']);
  });

  test('contains only the program, types, manual, completions and licenses', () => {
    const files = filesIn(join(modules, 'churntop'));
    expect(files.filter((file) => !file.startsWith('dist/'))).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin/churntop.js',
      'completions/_churntop',
      'completions/churntop.bash',
      'completions/churntop.fish',
      'man/churntop.1',
      'package.json',
    ]);
    const built = files.filter((file) => /^dist\/(?!chunks\/|types\/)/.test(file));
    expect(built.map((file) => file.replace(/\.c?js$/, ''))).toEqual([
      'dist/THIRD-PARTY-LICENSES',
      'dist/churntop',
      'dist/index',
      'dist/react',
    ]);
    expect(files.filter((file) => file.startsWith('dist/types/'))).toContain('dist/types/index.d.ts');
  });

  test('contains no path of the build machine', () => {
    const folder = join(modules, 'churntop');
    for (const file of filesIn(folder))
      expect(readFileSync(join(folder, file)).includes(clones), file).toBe(false);
  });

  test("has koffi's native modules as optional dependencies, react and ink as optional peers", () => {
    const published = JSON.parse(readFileSync(join(modules, 'churntop/package.json'), 'utf8'));
    expect(Object.keys(published)).not.toContain('private');
    for (const kind of ['dependencies', 'devDependencies', 'overrides', 'scripts'])
      expect(published[kind], kind).toBe(undefined);
    const { react, ink } = manifest.devDependencies;
    const version = manifest.optionalDependencies['@koromix/koffi-linux-x64'];
    expect(published.optionalDependencies).toEqual({
      '@koromix/koffi-linux-arm64': version,
      '@koromix/koffi-linux-x64': version,
    });
    expect(published.peerDependencies).toEqual({ react, ink });
    expect(Object.keys(published.peerDependenciesMeta)).toEqual(['react', 'ink']);
    for (const path of [published.bin.churntop, ...published.man, ...Object.values(published.exports['.'])])
      expect(existsSync(join(modules, 'churntop', path as string)), path as string).toBe(true);
  });
});

describe('installed in an empty folder', () => {
  test('churntop runs', () => {
    const churntop = join(modules, '.bin/churntop');
    expect(execFileSync(churntop, ['--version'], { encoding: 'utf8' })).toBe(`${manifest.version}\n`);
    const first = execFileSync('bash', ['-c', 'set -o pipefail; "$0" --ndjson | head -1', churntop]);
    expect(JSON.parse(first.toString()).tool).toBe(`churntop ${manifest.version}`);
  });

  test("koffi's native module is found next to churntop, and inside of it", async () => {
    const calls = await bundle('test/support/native/libc-calls.ts');
    const importer = pathToFileURL(join(modules, 'churntop/dist/churntop.js')).href;
    const call = () => execFileSync(process.execPath, [calls, importer], { encoding: 'utf8' });
    expect(call()).toContain('is not installed');
    for (const folder of [modules, join(modules, 'churntop/node_modules')]) {
      cpSync('node_modules/@koromix', join(folder, '@koromix'), { recursive: true });
      expect(JSON.parse(call()).worker.name).toMatch(/^koffi/);
      rmSync(join(folder, '@koromix'), { recursive: true });
    }
    rmSync(dirname(calls), { recursive: true });
  });

  test('the library is imported by its name', () => {
    expect(
      run(`import { ProcWalker } from 'churntop'; const walker = new ProcWalker();
        console.log(walker.poll().some(({ guest_pid }) => guest_pid === process.pid));`),
    ).toBe('true\n');
  });

  test('the hook throws when react or ink is missing', () => {
    expect(() => run(`import 'churntop/react'`)).toThrow(/Cannot find package '(react|ink)'/);
  });

  test('a global installation as in the README includes the manual', () => {
    const [, operand] = /^npm install --global (.+)$/m.exec(readFileSync('README.md', 'utf8')) ?? [];
    cpSync(packed, join(scene.path, 'build', basename(packed)));
    execFileSync(
      'sh',
      ['-c', `npm install --offline --no-audit --no-fund --global --prefix usr ${operand}`],
      {
        cwd: scene.path,
        stdio: 'pipe',
      },
    );
    expect(existsSync(join(scene.path, 'usr/bin/churntop'))).toBe(true);
    expect(readFileSync(join(scene.path, 'usr/share/man/man1/churntop.1'), 'utf8')).toContain('.TH');
  });
});
