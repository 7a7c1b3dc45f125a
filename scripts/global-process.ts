import type { Plugin } from 'esbuild';

/**
 * `import process from 'node:process'` is the global: as an import, each of the dozen packages that have one would copy all its
 * properties when it is loaded.
 */
export const globalProcess: Plugin = {
  name: 'global-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?process$/ }, () => ({ path: 'process', namespace: 'global' }));
    onLoad({ filter: /.*/, namespace: 'global' }, () => ({
      contents: 'export default process; export const { cwd, env } = process;',
    }));
  },
};
