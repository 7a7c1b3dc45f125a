import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilDrawn, untilExit, untilLine } from '../start/measure.ts';
import { spawnOnPty } from '../ui/measure.ts';
import { median } from '../ui/numbers.ts';
import { waitUntil } from './child.ts';
import { type Figure, kilobytes, milliseconds } from './goals.ts';
import type { FleetOptions } from './options.ts';

/** A change by less than this is noise. */
const tolerance = 1.05;
/** The first file of fleets. */
const firstFile = 'src/domain/fleet/fleet-link.ts';
const folder = resolve('build/bench/base');

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** Returns the last commit without fleets. */
const defaultBase = (): string => {
  const added = git('log', '--diff-filter=A', '--format=%H', '--', firstFile).split('\n').at(-1);
  return git('rev-parse', `${added}^`);
};

/** Builds the program of another commit. */
const buildBase = (commit: string): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const built = spawnSync(process.execPath, ['scripts/build/main.ts'], { cwd: folder, stdio: 'inherit' });
  if (built.status !== 0) throw new Error(`--base: ${commit} cannot be built`);
};

const cases: readonly { name: string; measure: (program: string) => Promise<number> }[] = [
  { name: '`churntop --version`', measure: (program) => untilExit(program, '--version') },
  {
    name: '`churntop --ndjson`: first record',
    measure: (program) => untilLine('trace.header', program, '--ndjson'),
  },
  {
    name: '`churntop --ndjson`: first process found alive',
    measure: (program) => untilLine('process.spawned', program, '--ndjson'),
  },
  { name: 'screen: first whole frame', measure: (program) => untilDrawn(program, 'quit') },
];

/** Returns the size of the scripts that the screen loads until it shows its first frame and ends, in kB. */
const loadedSize = async (root: string): Promise<number> => {
  const list = resolve('build/bench/loaded.json');
  rmSync(list, { force: true });
  const session = spawnOnPty(
    [process.execPath, join(root, 'bin/churntop.js')],
    { columns: 80, rows: 24 },
    {
      LC_ALL: 'C.UTF-8',
      CHURNTOP_LOADED: list,
      NODE_OPTIONS: `--require ${resolve('test/support/programs/report-loaded-modules.cjs')}`,
    },
  );
  await session.waitFor('quit');
  session.type('q');
  // Threads write the file, too, before the program does.
  const isComplete = () => existsSync(list) && readFileSync(list, 'utf8').includes('bin/churntop.js');
  await waitUntil(isComplete, { limitMs: 30_000 });
  await session.end();
  const { modules } = JSON.parse(readFileSync(list, 'utf8')) as { modules: string[] };
  return modules.reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0) / 1_000;
};

/** Returns the size of the scripts of the package, in kB. */
const scriptSize = (root: string): number => {
  const names = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
  const scripts = names.filter((name) => name.endsWith('.js'));
  return scripts.reduce((sum, name) => sum + statSync(join(root, 'dist', name)).size, 0) / 1_000;
};

/** Measures the start without fleets, alternating with that of a commit without them, and the size of both. */
export const measureStart = async ({ base, quick }: FleetOptions): Promise<Figure[]> => {
  const commit = base ?? defaultBase();
  buildBase(commit);
  const roots = { base: folder, now: resolve('.') };
  const rounds = quick ? 9 : 31;
  const times = cases.map(({ name, measure }) => ({
    name,
    measure,
    base: [] as number[],
    now: [] as number[],
  }));
  for (let round = 0; round < rounds; round++)
    for (const each of times)
      for (const key of ['base', 'now'] as const)
        each[key].push(await each.measure(join(roots[key], 'bin/churntop.js')));
  const figures = times.map(({ name, ...ms }) => {
    const before = median(ms.base);
    return milliseconds(`${name}, was ${before.toFixed(1)} ms`, median(ms.now), before * tolerance);
  });
  const sizeOf = async (size: (root: string) => number | Promise<number>) => {
    const [before, now] = [await size(roots.base), await size(roots.now)];
    return { was: `, was ${before.toFixed(0)} kB`, now, limit: before * tolerance };
  };
  const loaded = await sizeOf(loadedSize);
  const all = await sizeOf(scriptSize);
  return [
    ...figures,
    kilobytes(`scripts that the screen loads${loaded.was}`, loaded.now, loaded.limit),
    kilobytes(`all scripts of the package${all.was}`, all.now),
  ];
};
