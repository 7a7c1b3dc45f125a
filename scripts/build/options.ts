import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import manifest from '../../package.json' with { type: 'json' };

/** The esbuild options of every bundle. */
export const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  define: { 'process.env.NODE_ENV': '"production"', __VERSION__: JSON.stringify(manifest.version) },
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

/** The esbuild options of a bundle that contains Ink. */
export const inkOptions = {
  ...options,
  define: {
    ...options.define,
    // Without `fetch`, Yoga decodes its inlined WebAssembly itself. With `fetch`, Yoga loads Node's HTTP client first.
    fetch: 'undefined',
    'Intl.Segmenter': 'LazySegmenter',
  },
  inject: [join(import.meta.dirname, 'lazy-segmenter.ts')],
  // Ink imports it only if DEV=true and the package is installed, which it never is.
  alias: { 'react-devtools-core': join(import.meta.dirname, 'react-devtools-stub.ts') },
  // CommonJS packages such as signal-exit load modules of Node with `require`, which ES modules do not have.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
} satisfies BuildOptions;

/** The esbuild options of a bundle with several entry points or with dynamic imports. Its folder is dist/. */
export const splitOptions = {
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  outdir: 'dist',
} satisfies BuildOptions;
