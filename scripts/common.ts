import type { BuildOptions } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

/** What every bundle is made with. */
export const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(manifest.version) },
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  outdir: 'dist',
  format: 'esm',
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;
