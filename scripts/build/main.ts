/** `npm run build`: bundles the program and the library in dist/, with the licenses of the bundled packages. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, licensesText } from './licenses.ts';
import { options, splitOptions } from './options.ts';
import { bundleProgram } from './program.ts';
import { workerPlugin } from './worker-plugin.ts';

rmSync('dist', { recursive: true, force: true });
const [program, library] = await Promise.all([
  bundleProgram(),
  build({
    ...options,
    ...splitOptions,
    entryPoints: { index: 'src/index.ts', react: 'src/react.ts' },
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [workerPlugin()],
    external: ['react', 'ink'],
  }),
]);
for (const [path, code] of program.modules) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
writeFileSync(
  'dist/THIRD-PARTY-LICENSES',
  licensesText(bundledPackages([program.metafile, library.metafile])),
);
