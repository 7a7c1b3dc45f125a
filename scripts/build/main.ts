/** `npm run build`: bundles the program and the library in dist/, with the licenses of the bundled packages. */
import { relative } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, licensesText } from './licenses.ts';
import { options, splitOptions } from './options.ts';
import { bundleProgram } from './program.ts';
import { replaceFiles } from './replace-files.ts';
import { workerPlugin } from './worker-plugin.ts';

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
    write: false,
  }),
]);
const licenses = licensesText(bundledPackages([program.metafile, library.metafile]));
replaceFiles(
  'dist',
  new Map([
    ...library.outputFiles.map(({ path, text }): [string, string] => [relative('.', path), text]),
    ...program.modules,
    ['dist/THIRD-PARTY-LICENSES', licenses],
  ]),
);
