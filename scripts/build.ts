/** `npm run build`: the program and the library as bundles in dist/, and the licences of what is in them. */
import { rmSync, writeFileSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import { asScripts } from './as-scripts.ts';
import { bundled, licences } from './licences.ts';
import { common, program } from './program.ts';
import { workerText } from './worker-text.ts';

const split = {
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  outdir: 'dist',
} satisfies BuildOptions;

rmSync('dist', { recursive: true, force: true });
const made = await Promise.all([
  build({ ...program, ...split, plugins: [...program.plugins, asScripts] }),
  build({
    ...common,
    ...split,
    entryPoints: { index: 'src/index.ts', react: 'src/react.ts' },
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [workerText()],
    external: ['react', 'ink'],
  }),
]);
writeFileSync('dist/THIRD-PARTY-LICENSES', licences(bundled(made.map(({ metafile }) => metafile))));
