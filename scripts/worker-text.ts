import { dirname, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const prefix = 'worker:';

/** Packages that a worker may contain, because the program contains them too: that lists their licenses. */
const programPackages = /node_modules\/re2js\//;

/** One self-contained script for `new Worker(script, { eval: true })`, which runs CommonJS. */
const bundleWorker = async (entry: string): Promise<{ script: string; inputs: string[] }> => {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    logLevel: 'silent',
  });
  const inputs = Object.keys(result.metafile.inputs);
  // The list of licences sees a worker as one text.
  const foreign = inputs.find((path) => path.includes('node_modules') && !programPackages.test(path));
  if (foreign !== undefined) throw new Error(`${entry} brings a package: ${foreign}`);
  return { script: result.outputFiles[0]?.text ?? '', inputs };
};

/** esbuild: resolves `worker:FILE` imports to the bundled text of FILE. */
export const workerText = (): Plugin => ({
  name: 'worker-text',
  setup({ onResolve, onLoad }) {
    // The names of what is bundled go into the names of the chunks, so they must not tell where it was done.
    onResolve({ filter: /^worker:/ }, ({ path, resolveDir }) => ({
      path: relative('.', resolve(resolveDir, path.slice(prefix.length))),
      namespace: 'worker-text',
    }));
    onLoad({ filter: /.*/, namespace: 'worker-text' }, async ({ path }) => {
      const { script, inputs } = await bundleWorker(resolve(path));
      return { contents: script, loader: 'text', watchFiles: inputs };
    });
  },
});

/** The same for vite, and so for vitest. */
export const viteWorkerText = () => ({
  name: 'worker-text',
  enforce: 'pre' as const,
  resolveId: (id: string, importer: string | undefined) =>
    id.startsWith(prefix) && importer
      ? `\0${prefix}${resolve(dirname(importer), id.slice(prefix.length))}`
      : null,
  load: async (id: string) =>
    id.startsWith(`\0${prefix}`)
      ? `export default ${JSON.stringify((await bundleWorker(id.slice(prefix.length + 1))).script)}`
      : null,
});
