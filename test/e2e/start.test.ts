import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterAll, test as any, describe, expect } from 'vitest';
import { isExecutable, loadPty, openChurntop, program } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

// What need not be loaded must not be: how long a start takes is measured by `npm run bench:start`, and nowhere asserted.

// An executable loads no files.
const test = any.skipIf(isExecutable);

const folder = createTempDir();
afterAll(() => folder.remove());
const file = join(folder.path, 'loaded.json');
const env = {
  CHURNTOP_LOADED: file,
  NODE_OPTIONS: `--require ${resolve('test/support/programs/report-loaded-modules.cjs')}`,
};

const loaded = () => {
  const { scripts, builtins, segmenters } = JSON.parse(readFileSync(file, 'utf8')) as {
    scripts: string[];
    builtins: string[];
    segmenters: number;
  };
  const ours = scripts.filter((path) => path.startsWith(resolve('dist')));
  return {
    /** `screen-DVDS7DDR.cjs` is `screen`. */
    parts: ours.map((path) => basename(path).replace(/(-[A-Z0-9]{8})?\.cjs$/, '')),
    bytes: ours.reduce((sum, path) => sum + statSync(path).size, 0),
    segmenters,
    /** Of Node's own modules, these were. */
    builtinsOf: (...names: string[]) => names.filter((name) => builtins.includes(`NativeModule ${name}`)),
  };
};

const run = (...args: string[]) => {
  const { stdout, status } = spawnSync(
    'bash',
    // On a quiet machine a stream of spawns has nothing to write, so it would not learn that head has gone.
    ['-c', `while sleep 0.1; do :; done & "$0" "$@" | head -1; kill $!`, process.execPath, program, ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );
  expect(status).toBe(0);
  return { stdout, ...loaded() };
};

const costly = ['child_process', 'http', 'internal/deps/undici/undici', 'zlib', 'crypto'] as const;

test('--version loads the version', () => {
  const { stdout, parts, bytes, builtinsOf } = run('--version');
  expect(stdout).toBe(`${JSON.parse(readFileSync('package.json', 'utf8')).version}\n`);
  expect(parts).toContain('churntop');
  expect(parts).not.toContain('main');
  expect(bytes).toBeLessThan(8192);
  expect(builtinsOf(...costly, 'worker_threads', 'net', 'stream')).toEqual([]);
});

test('what says the version another way says the same', () => {
  const { stdout } = run('--version');
  expect(run('-V').stdout).toBe(stdout);
  expect(run('report', '--version').stdout).toBe(stdout);
});

test.each([['--help'], ['--ndjson'], ['--strict']])(
  '%s loads neither the screen nor what the other commands, a filter or a recording need',
  (flag) => {
    const { parts, builtinsOf } = run(flag);
    expect(parts).toContain('main');
    const others = ['screen', 'lazy', 'filter', 'recorder'];
    expect(parts.filter((part) => others.includes(part))).toEqual([]);
    expect(builtinsOf(...costly)).toEqual([]);
  },
);

test('a report loads no screen', () => {
  const trace = join(folder.path, 'trace');
  writeFileSync(
    trace,
    spawnSync('bash', ['-c', `"$0" "$1" --ndjson | head -2`, process.execPath, program]).stdout,
  );
  const { stdout, parts } = run('report', trace);
  expect(stdout).not.toBe('');
  expect(parts).toContain('lazy');
  expect(parts).not.toContain('screen');
});

const pty = await loadPty();

describe.skipIf(!pty)('the screen', () => {
  const watch = async (see: string | RegExp, ...args: string[]) => {
    const session = openChurntop(pty as NonNullable<typeof pty>, args, { env });
    await session.see(see);
    // A key would be asked of Unicode's tables.
    session.kill('SIGTERM');
    expect(await session.exit).toMatchObject({ code: 0 });
    return loaded();
  };

  test('loads no other command', async () => {
    const { parts, builtinsOf } = await watch(/alive +[1-9]/);
    expect(parts).toContain('screen');
    expect(parts).not.toContain('lazy');
    expect(builtinsOf(...costly)).toEqual([]);
  });

  test.each([
    ['nginx', 0],
    ['漢字', 1],
  ])("of %s asks Unicode's tables or not: %i", async (comm, least) => {
    const root = join(folder.path, `proc-${least}`);
    mkdirSync(join(root, '1'), { recursive: true });
    writeFileSync(join(root, '1', 'stat'), `1 (${comm}) S 0 ${'0 '.repeat(17)}42 ${'0 '.repeat(29)}0`);
    const { segmenters } = await watch(comm, '--proc', root);
    expect(Math.min(1, segmenters)).toBe(least);
  });
});
