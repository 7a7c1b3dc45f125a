import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { untilDrawn, untilExit, untilLine } from '../start/measure.ts';
import { median } from '../ui/numbers.ts';
import type { Figure } from './goals.ts';
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
  { name: 'screen: first whole frame', measure: (program) => untilDrawn(program, 'quit') },
];

/** Returns the size of the scripts of the program, in kB. */
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
  const figures = times.map(({ name, ...ms }): Figure => {
    const before = median(ms.base);
    return {
      what: `${name}, was ${before.toFixed(1)} ms`,
      value: median(ms.now),
      ...{ unit: 'milliseconds', limit: before * tolerance },
    };
  });
  const before = scriptSize(roots.base);
  const size: Figure = {
    what: `all scripts of the package, was ${before.toFixed(0)} kB`,
    value: scriptSize(roots.now),
    unit: 'kilobytes',
  };
  return [...figures, size];
};
