/** `npm run build`: the program and the library as bundles in dist/. */
import { rmSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { asScripts } from './as-scripts.ts';
import { lean } from './lean.ts';
import { workerText } from './worker-text.ts';

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  outdir: 'dist',
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(manifest.version) },
  logLevel: 'warning',
};

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: { churntop: 'src/cli/entry.ts' },
    minify: true,
    plugins: [workerText(), ...lean, asScripts],
  }),
  build({
    ...common,
    entryPoints: { index: 'src/index.ts', react: 'src/react.ts' },
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [workerText()],
    external: ['react', 'ink'],
  }),
]);
