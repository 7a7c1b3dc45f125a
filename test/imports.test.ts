import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** What each folder of src may import: data flows one way, and an import never points against it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  proc: ['domain'],
  capture: ['proc', 'domain'],
  trace: ['domain'],
  store: ['domain'],
  hooks: ['store', 'domain'],
  ui: ['hooks', 'store', 'domain'],
  cli: ['domain', 'proc', 'capture', 'trace', 'store', 'hooks', 'ui'],
  // The library's faces hand names on; they hold no code.
  '.': ['domain', 'proc', 'capture', 'trace', 'hooks', 'store'],
};

/** Packages that only some folders may know of. */
const packagesOf: Readonly<Record<string, RegExp>> = {
  domain: /^$/,
  proc: /^node:/,
  capture: /^node:/,
  trace: /^node:/,
  store: /^$/,
  hooks: /^(react|ink)$/,
  ui: /^(react|ink|string-width)$/,
  cli: /^(node:.*|react|ink|meow)$/,
  '.': /^$/,
};

const root = resolve('src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.tsx?$/.test(file),
);
const folderOf = (path: string) => {
  const [first, ...rest] = relative(root, path).split('/');
  return rest.length > 0 ? (first as string) : '.';
};

const specifiers = (text: string): string[] =>
  [...text.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) =>
    (specifier as string).replace(/^worker:/, ''),
  );

describe.each(sources)('src/%s', (file) => {
  const path = join(root, file);
  const folder = folderOf(path);

  test('imports only what its folder may', () => {
    const allowed = mayImport[folder];
    const wrong = specifiers(readFileSync(path, 'utf8')).filter((specifier) => {
      if (!specifier.startsWith('.')) return !packagesOf[folder]?.test(specifier);
      const target = folderOf(resolve(dirname(path), specifier));
      return target !== folder && !allowed?.includes(target);
    });
    expect(wrong).toEqual([]);
  });
});

test('every folder of src is in the table, and the walk found them', () => {
  expect(new Set(sources.map((file) => folderOf(join(root, file))))).toEqual(new Set(Object.keys(mayImport)));
  expect(specifiers(readFileSync(join(root, 'cli/main.ts'), 'utf8'))).toContain('../capture/client.ts');
});
