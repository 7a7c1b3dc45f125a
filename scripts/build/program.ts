import { relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { inkOptions, splitOptions } from './options.ts';
import { assertPatched } from './patches.ts';
import { startPlugin } from './start-plugin.ts';
import { streamProgramPlugin } from './stream-program-plugin.ts';
import { workerPlugin } from './worker-plugin.ts';

/** The entry point of the bundled program. */
export const programEntry = 'dist/churntop.js';

/**
 * Bundles the program, for the package and the executable. Returns the ES modules by path, and the metafile of esbuild.
 *
 * @throws if a patch in patches/ is not applied
 */
export const bundleProgram = async (): Promise<{ modules: Map<string, string>; metafile: Metafile }> => {
  assertPatched();
  const { outputFiles, metafile } = await build({
    ...inkOptions,
    ...splitOptions,
    entryPoints: { churntop: 'src/cli/entry.ts' },
    minify: true,
    plugins: [startPlugin(), streamProgramPlugin(), workerPlugin()],
    write: false,
  });
  return { modules: new Map(outputFiles.map(({ path, text }) => [relative('.', path), text])), metafile };
};
