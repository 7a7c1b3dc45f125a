import { relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

const namespace = 'on-demand';
const main = 'src/cli/main.ts';

/**
 * Lets each module that is loaded on demand import the main module, which is loaded already. esbuild makes a chunk for
 * each set of entry points that share modules, and a dynamic import is one. Without this, what the start loads is spread
 * over some thirty chunks, which takes 15 ms. With it, all of it is shared by the same entry points.
 */
export const startPlugin = (): Plugin => ({
  name: 'start',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      // The names of chunks depend on the path, which must be the same on every machine.
      const module = relative('.', resolve(resolveDir, path));
      return kind === 'dynamic-import' && module !== main ? { path: module, namespace } : undefined;
    });
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `import './${main}'; export * from './${path}';`,
      resolveDir: resolve('.'),
    }));
  },
});
