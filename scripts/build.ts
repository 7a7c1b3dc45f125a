/** `npm run build`: the program and the library as bundles in dist/. */
import { rmSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { leanInk } from './lean-ink.ts';
import { noDevtools } from './no-devtools.ts';
import { workerText } from './worker-text.ts';

const plugins = [workerText(), noDevtools];

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(manifest.version) },
  plugins,
  logLevel: 'warning',
};

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    plugins: [...plugins, leanInk],
    entryPoints: { churntop: 'src/cli/main.ts' },
    outdir: 'dist',
    // Headless use must not load Ink: the screen is a chunk of its own, imported when it is needed.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // CommonJS parts of Ink call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  }),
  build({
    ...common,
    entryPoints: { index: 'src/index.ts', react: 'src/react.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: ['react', 'ink'],
  }),
]);
