/** `npm run bench:trace [SPAWNS]`: bundles and runs the measurements of `trace-tasks.ts`. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { workerPlugin } from '../scripts/build/worker-plugin.ts';

// Workers are available as text only in a bundle.
const program = resolve('build/bench/trace-tasks.mjs');
await build({
  entryPoints: [resolve('bench/trace-tasks.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  define: { __VERSION__: '"0.0.0"' },
  plugins: [workerPlugin()],
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
