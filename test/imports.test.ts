import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Folders of src in import order: a folder imports from folders above it only. */
const folders = [
  'util',
  'native',
  'domain/events',
  'domain/cgroups',
  'domain/commands',
  'domain/processes',
  'domain/filter',
  'domain/stats/loops',
  'domain/stats',
  'domain/alerts',
  'domain/views',
  'domain/fleet',
  'domain/source',
  'proc',
  'capture/core',
  'capture/cursor',
  'capture/kernel',
  'capture/connector',
  'capture/samplers',
  'capture/reader',
  'capture/worker',
  'capture',
  'trace/format',
  'trace/read',
  'trace/write',
  'trace/record',
  'trace/tail',
  'trace/replay/files',
  'trace/replay/state',
  'trace/replay/index',
  'trace/replay/player',
  'trace/replay',
  'trace/export',
  'trace/metrics',
  'fleet/core',
  'fleet/otlp',
  'fleet/ssh',
  'fleet/files',
  'fleet/nats/server',
  'fleet/nats/publish',
  'fleet/nats/subscribe',
  'fleet/nats',
  'store/actions',
  'store/views',
  'store/fleet',
  'store/details',
  'store/keys',
  'store/state',
  'store/navigation',
  'store',
  'hooks',
  'ui/text',
  'ui/theme',
  'ui/components',
  'ui/views',
  'ui',
  'cli/support',
  'cli/args',
  'cli/terminal',
  'cli/check',
  'cli/nats',
  'cli/report',
  'cli/commands',
  'cli/fleet',
  'cli',
  '.',
] as const;

/** Layers that each layer imports, besides itself and util. */
const layers: Readonly<Record<string, readonly string[]>> = {
  util: [],
  native: [],
  domain: [],
  proc: ['domain'],
  capture: ['proc', 'domain', 'native'],
  trace: ['domain'],
  fleet: ['domain', 'trace'],
  store: ['domain'],
  hooks: ['store', 'domain'],
  ui: ['hooks', 'store', 'domain'],
  cli: ['domain', 'proc', 'capture', 'trace', 'fleet', 'store', 'hooks', 'ui'],
  // Entry points of the library: they only export.
  '.': ['domain', 'proc', 'capture', 'trace', 'hooks', 'store'],
};

/** Packages that each layer, or a folder of it, imports. */
const packages: Readonly<Record<string, RegExp>> = {
  util: /^$/,
  native: /^(node:.*|koffi|@koromix\/.*)$/,
  domain: /^$/,
  'domain/filter': /^re2js$/,
  proc: /^node:/,
  capture: /^node:/,
  trace: /^node:/,
  fleet: /^node:/,
  'fleet/nats/server': /^(node:.*|@nats-io\/transport-node)$/,
  'fleet/nats/subscribe': /^(node:.*|@nats-io\/transport-node)$/,
  store: /^$/,
  hooks: /^(react|ink)$/,
  ui: /^(react|ink|string-width)$/,
  cli: /^(node:.*|react|ink|meow)$/,
  'cli/fleet': /^(node:.*|program:.*)$/,
  '.': /^$/,
};

const root = resolve('src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.tsx?$/.test(file),
);
const layerOf = (folder: string) => folder.split('/')[0] as string;
const positionOf = (folder: string) => folders.indexOf(folder as (typeof folders)[number]);

const specifiers = (text: string): string[] =>
  [...text.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) =>
    (specifier as string).replace(/^worker:/, ''),
  );

/** Files of src that each file imports, types included. */
const imports = new Map(
  sources.map((file) => {
    const found = specifiers(readFileSync(join(root, file), 'utf8'));
    const inside = found.filter((specifier) => specifier.startsWith('.'));
    return [file, inside.map((specifier) => relative(root, resolve(root, dirname(file), specifier)))];
  }),
);

describe.each(sources)('src/%s', (file) => {
  const folder = dirname(file);
  const layer = layerOf(folder);

  test('imports only from folders above its own', () => {
    const allowed = [layer, 'util', ...(layers[layer] ?? [])];
    const wrong = imports.get(file)?.filter((target) => {
      const other = dirname(target);
      if (other === folder) return false;
      return !allowed.includes(layerOf(other)) || positionOf(other) >= positionOf(folder);
    });
    expect(wrong).toEqual([]);
  });

  test('imports only the packages of its layer', () => {
    const found = specifiers(readFileSync(join(root, file), 'utf8'));
    const wrong = found.filter(
      (specifier) => !specifier.startsWith('.') && !(packages[folder] ?? packages[layer])?.test(specifier),
    );
    expect(wrong).toEqual([]);
  });
});

test('no file imports itself through others', () => {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file]);
    if (path.includes(file) || done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(cycles).toEqual([]);
});

test('every folder of src is in the table', () => {
  expect(new Set(sources.map((file) => dirname(file)))).toEqual(new Set(folders));
  expect(imports.get('cli/main.ts')).toContain('capture/live-source.ts');
});
