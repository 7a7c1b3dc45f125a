import { dirname, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const prefix = 'worker:';

/** Packages that a worker may contain. The program contains them too, so that their licenses are listed. */
const programPackages = /node_modules\/re2js\//;

/** Bundles a worker into one CommonJS script, for `new Worker(script, { eval: true })`. */
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
  // The list of licenses is based on the metafile of the program, in which a worker is one text.
  const foreign = inputs.find((path) => path.includes('node_modules') && !programPackages.test(path));
  if (foreign !== undefined) throw new Error(`${entry}: imports a package, "${foreign}" (only own code)`);
  return { script: result.outputFiles[0]?.text ?? '', inputs };
};

/** Returns an esbuild plugin that resolves `worker:FILE` imports to the bundled text of FILE. */
export const workerPlugin = (): Plugin => ({
  name: 'worker-text',
  setup({ onResolve, onLoad }) {
    // Chunk names are hashes of module paths, so the paths must be the same on every machine.
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

/** Returns the same plugin for Vite, which Vitest uses. */
export const viteWorkerPlugin = () => ({
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
