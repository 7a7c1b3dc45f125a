import type { BuildOptions } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { lean } from './lean.ts';
import { workerText } from './worker-text.ts';

/** What every bundle is made with. */
export const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(manifest.version) },
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** What the program is bundled from and with, for the package as for the executable. */
export const program = {
  ...common,
  entryPoints: { churntop: 'src/cli/entry.ts' },
  minify: true,
  plugins: [workerText(), ...lean],
} satisfies BuildOptions;
