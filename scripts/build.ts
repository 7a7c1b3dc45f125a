/** `npm run build`: the program and the library as bundles in dist/, and the licences of what is in them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import { common } from './common.ts';
import { bundled, licences } from './licences.ts';
import { bundleProgram } from './program.ts';
import { workerText } from './worker-text.ts';

rmSync('dist', { recursive: true, force: true });
const [program, library] = await Promise.all([
  bundleProgram(),
  build({
    ...common,
    entryPoints: { index: 'src/index.ts', react: 'src/react.ts' },
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [workerText()],
    external: ['react', 'ink'],
  }),
]);
for (const [path, code] of program.scripts) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
writeFileSync('dist/THIRD-PARTY-LICENSES', licences(bundled([program.metafile, library.metafile])));
