/**
 * `npm run bench:ui`: what the screen costs. On a quiet guest bytes a second, CPU and
 * memory, beside htop, btop and gtop where they are installed; a frame at 200x50 under load; key to screen.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { performance } from 'node:perf_hooks';
import { build } from 'esbuild';
import { lean } from '../../scripts/lean.ts';
import { cpuMs, onTerminal, rssMiB, sleep } from './measure.ts';
import { median, quantile } from './numbers.ts';

const quick = process.argv.includes('--quick');
const quietSeconds = quick ? 5 : 20;
const program = [process.execPath, 'bin/churntop.js'];

const has = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells: string[]) => {
  console.log();
  row(...cells);
  row(...cells.map(() => '---'));
};
const ms = (value: number) => value.toFixed(1);

console.log(`Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`);

head('quiet guest', 'size', 'bytes/s', 'CPU % of a core', 'main thread %', 'RSS MiB');
const peers = [program, ['htop'], ['btop', '--utf-force'], ['gtop']].filter(([name]) => has(name as string));
for (const size of [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
]) {
  for (const command of peers) {
    const session = onTerminal(command, size);
    await sleep(5000);
    const before = { bytes: session.bytes(), all: cpuMs(session.pid), main: cpuMs(session.pid, session.pid) };
    await sleep(quietSeconds * 1000);
    const percent = (now: number, then: number) => ((now - then) / quietSeconds / 10).toFixed(2);
    row(
      (command === program ? 'churntop' : command[0]) as string,
      `${size.columns}x${size.rows}`,
      Math.round((session.bytes() - before.bytes) / quietSeconds),
      percent(cpuMs(session.pid), before.all),
      percent(cpuMs(session.pid, session.pid), before.main),
      rssMiB(session.pid).toFixed(0),
    );
    await session.end();
  }
}

head('under load, 200x50, 5,000 live, 2,000 events/s', 'figure');
mkdirSync('build/bench', { recursive: true });
await build({
  entryPoints: ['bench/ui/load.tsx'],
  outfile: 'build/bench/load.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: '"bench"' },
  plugins: lean,
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'error',
});
const load = onTerminal([process.execPath, 'build/bench/load.mjs'], { columns: 200, rows: 50 });
await load.see('LIVE');
await sleep(3000);
const keyMs: number[] = [];
for (let press = 0; press < (quick ? 10 : 50); press++) {
  const seen = load.see(press % 2 === 0 ? 'PAUSED' : 'LIVE');
  const pressed = performance.now();
  load.type('p');
  keyMs.push((await seen) - pressed);
  await sleep(150);
}
const loadBefore = { bytes: load.bytes(), main: cpuMs(load.pid, load.pid), at: performance.now() };
await sleep(quietSeconds * 1000);
const loadSeconds = (performance.now() - loadBefore.at) / 1000;
row('bytes a second', Math.round((load.bytes() - loadBefore.bytes) / loadSeconds));
row(
  'main thread, % of a core',
  ((cpuMs(load.pid, load.pid) - loadBefore.main) / loadSeconds / 10).toFixed(1),
);
row('key to screen, median / p95, ms', `${ms(median(keyMs))} / ${ms(quantile(keyMs, 0.95))}`);
row('RSS MiB', rssMiB(load.pid).toFixed(0));
const report = load.see('frames:');
load.type('q');
await report;
await sleep(200);
const figures = execFileSync('cat', ['build/bench/load.txt'], { encoding: 'utf8' }).trim().split('\n');
for (const line of figures) row(...line.split(': '));
await load.end();

// As many events as an hour of storm has, in a fraction of the time.
const hurry = quick ? 1 : 20;
head(`an hour of storm, 2,000 events/s, ${hurry} times as fast`, 'figure');
const storm = onTerminal(
  [process.execPath, 'build/bench/load.mjs'],
  { columns: 200, rows: 50 },
  { EVENTS: String(2_000 * hurry) },
);
await storm.see('LIVE');
const stormSeconds = quick ? 5 : 3_600 / hurry;
const rss: number[] = [];
for (let second = 0; second < stormSeconds; second += stormSeconds / 10) {
  await sleep((stormSeconds / 10) * 1000);
  rss.push(rssMiB(storm.pid));
}
row('RSS MiB, at each tenth of it', rss.map((value) => value.toFixed(0)).join(' '));
await storm.end();
process.exit(0);
