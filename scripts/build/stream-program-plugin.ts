import { join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { options } from './options.ts';
import { workerPlugin } from './worker-plugin.ts';

const prefix = 'program:';

/** Modules that a stream of a guest never loads: the screen, the other commands, the recorder, filters, the help. */
const unused = /(?:commands|fleet)\/|record\/recorder\.ts$|filter\/filter\.ts$|args\/help\.ts$|^re2js$/;

/** Leaves out modules that are loaded on demand, and that a stream does not need. */
const omitUnused: Plugin = {
  name: 'omit-unused',
  setup({ onResolve }) {
    onResolve({ filter: unused }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** Bundles an entry point of the program into one ES module that can stream. */
export const bundleStream = async (entry: string): Promise<{ text: string; inputs: string[] }> => {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: [entry],
    minify: true,
    write: false,
    outfile: 'stream.mjs',
    alias: { meow: join(import.meta.dirname, 'far-end-arguments.ts') },
    plugins: [omitUnused, workerPlugin()],
  });
  return { text: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
};

/** Returns an esbuild plugin that resolves `program:FILE` imports to the text of FILE, bundled as a program that can stream. */
export const streamProgramPlugin = (): Plugin => ({
  name: 'stream-program',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^program:/ }, ({ path, resolveDir }) => ({
      path: relative('.', resolve(resolveDir, path.slice(prefix.length))),
      namespace: 'stream-program',
    }));
    onLoad({ filter: /.*/, namespace: 'stream-program' }, async ({ path }) => {
      const { text, inputs } = await bundleStream(path);
      return { contents: text, loader: 'text', watchFiles: inputs.filter((input) => !input.includes(':')) };
    });
  },
});
