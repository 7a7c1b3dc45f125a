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
    // Without it, Yoga decodes its inlined WebAssembly itself. With it, it loads Node's HTTP client first.
    fetch: 'undefined',
    'Intl.Segmenter': 'LazySegmenter',
  },
  inject: [join(import.meta.dirname, 'lazy-segmenter.ts')],
  // Ink imports it when DEV=true and the package is installed. It is never installed here.
  alias: { 'react-devtools-core': join(import.meta.dirname, 'react-devtools-stub.ts') },
  // CommonJS packages such as signal-exit call require() for modules of Node, and an ES module has none.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
} satisfies BuildOptions;

/** The esbuild options of a bundle of several entry points or dynamic imports, written to dist/. */
export const splitOptions = {
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  outdir: 'dist',
} satisfies BuildOptions;
