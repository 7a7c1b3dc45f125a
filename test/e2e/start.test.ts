import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, test as any, describe, expect } from 'vitest';
import { bundleProgram } from '../../scripts/build/program.ts';
import { isExecutable, loadPty, openChurntop, program } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

// `npm run bench:start` measures how long a start takes. These tests check that a start loads only what it needs.

// The executable contains the same modules, but loads none from files.
const test = any.skipIf(isExecutable);

const folder = createTempDir();
afterAll(() => folder.remove());
const file = join(folder.path, 'loaded.json');
const env = {
  CHURNTOP_LOADED: file,
  NODE_OPTIONS: `--require ${resolve('test/support/programs/report-loaded-modules.cjs')}`,
};

const { metafile } = await bundleProgram();

/** Returns the source files that the last run loaded as part of the bundle, and which of `costly` it loaded. */
const loaded = () => {
  const { modules, builtins } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>;
  const chunks = modules?.map((url) => relative('.', fileURLToPath(url))) ?? [];
  const sources = chunks
    .filter((path) => path.startsWith('dist/'))
    .flatMap((path) =>
      Object.entries(metafile.outputs[path]?.inputs ?? { [`${path}: not built`]: undefined }),
    )
    .filter(([, input]) => input?.bytesInOutput !== 0)
    .map(([path]) => path);
  return {
    sources,
    sourcesIn: (area: RegExp) => sources.filter((path) => area.test(path)),
    costly: costly.filter((name) => builtins?.includes(`NativeModule ${name}`)),
  };
};

/** Modules of Node that take milliseconds to load. */
const costly = ['http', 'https', 'internal/deps/undici/undici', 'zlib', 'crypto'];

const inkAndReact = /node_modules\/(ink|react|react-reconciler|yoga-layout)\//;
const screen = /^src\/(ui\/app|cli\/commands\/screen)\.tsx$/;
const otherCommands = /^src\/cli\/commands\/(check|export|report|view)\.ts$/;
const exporters = /^src\/trace\/export\/(ecs|otlp|perfetto)\.ts$/;
const recorder = /^(worker-text:)?src\/trace\/record\/(recorder|worker)\.ts$/;
const filterParser = /^src\/domain\/filter\/parser\.ts$/;

const areas = { inkAndReact, screen, otherCommands, exporters, recorder, filterParser };
type Area = keyof typeof areas;

/** Returns the areas of which something is loaded. */
const areasOf = (sourcesIn: (area: RegExp) => string[]): Area[] =>
  (Object.keys(areas) as Area[]).filter((name) => sourcesIn(areas[name]).length > 0);

const run = (...args: string[]) => {
  const { stdout, status } = spawnSync(
    'bash',
    // churntop notices that head has exited when it writes, so something must spawn processes.
    ['-c', `while sleep 0.1; do :; done & "$0" "$@" | head -1; kill $!`, process.execPath, program, ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );
  expect(status).toBe(0);
  return { stdout, ...loaded() };
};

test('every area exists in the bundle', () => {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  expect(areasOf((area) => inputs.filter((path) => area.test(path)))).toEqual(Object.keys(areas));
});

test('--version loads the version and nothing else', () => {
  const { stdout, sources, costly } = run('--version');
  expect(stdout).toBe(`${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`);
  // The build injects it into the chunk that all others import.
  const injected = 'scripts/build/lazy-segmenter.ts';
  expect(sources.filter((path) => path !== injected)).toEqual([
    'src/cli/entry.ts',
    'src/cli/support/version.ts',
  ]);
  expect(costly).toEqual([]);
});

test('-V and report --version print the same as --version', () => {
  const { stdout } = run('--version');
  expect(run('-V').stdout).toBe(stdout);
  expect(run('report', '--version').stdout).toBe(stdout);
});

test.each([['--help'], ['--ndjson'], ['--strict']])(
  '%s loads no Ink, React, screen, other command, exporter, recorder or filter parser',
  (flag) => {
    const { sources, sourcesIn, costly } = run(flag);
    expect(sources).toContain('src/cli/main.ts');
    expect(areasOf(sourcesIn)).toEqual([]);
    expect(costly).toEqual([]);
  },
);

test('a report loads no screen', () => {
  const trace = join(folder.path, 'trace');
  writeFileSync(
    trace,
    spawnSync('bash', ['-c', `"$0" "$1" --ndjson | head -2`, process.execPath, program]).stdout,
  );
  const { stdout, sourcesIn } = run('report', trace);
  expect(stdout).not.toBe('');
  expect(areasOf(sourcesIn)).toContain('otherCommands');
  expect(areasOf(sourcesIn)).not.toContain('screen');
  expect(areasOf(sourcesIn)).not.toContain('inkAndReact');
});

const pty = await loadPty();

describe.skipIf(!pty)('the screen', () => {
  test('loads no other command, exporter or recorder', async () => {
    const session = openChurntop(pty as NonNullable<typeof pty>, [], { env });
    await session.see(/alive +[1-9]/);
    session.kill('SIGTERM');
    expect(await session.exit).toMatchObject({ code: 0 });
    expect(areasOf(loaded().sourcesIn)).toEqual(['inkAndReact', 'screen', 'filterParser']);
  });

  test('starts with DEV=true, without React DevTools', async () => {
    const session = openChurntop(pty as NonNullable<typeof pty>, [], { env: { ...env, DEV: 'true' } });
    await session.see(/alive +[1-9]/);
    session.kill('SIGTERM');
    expect(await session.exit).toMatchObject({ code: 0 });
    expect(session.output()).not.toContain('DevTools');
  });
});
