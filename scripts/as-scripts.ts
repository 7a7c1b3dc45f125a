import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { type Plugin, transform } from 'esbuild';
import { gather } from './gather.ts';

/**
 * Writes what was bundled and split as ES modules as CommonJS: esbuild splits modules only, but scripts start in half the
 * time (docs/speed.md): Node need not make a module of each of its own that is imported, with all it exports loaded.
 */
export const asScripts: Plugin = {
  name: 'as-scripts',
  setup({ initialOptions, onEnd }) {
    Object.assign(initialOptions, { format: 'esm', write: false, outExtension: { '.js': '.cjs' } });
    const { platform = 'node', target = 'esnext', minify = false } = initialOptions;
    onEnd(async ({ outputFiles = [], metafile: { outputs } = { outputs: {} } }) => {
      const scripts = new Map<string, string>();
      for (const { path, text } of outputFiles) {
        const { code } = await transform(text, {
          format: 'cjs',
          platform,
          target,
          minify,
          // Node would read a script through for its exports before it runs it as an import.
          supported: { 'dynamic-import': false },
        });
        scripts.set(relative('.', path), code);
      }
      const [entry] = scripts.keys();
      if (entry === undefined) throw new Error('nothing was bundled');
      for (const [path, code] of gather(scripts, outputs, entry)) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, code);
      }
    });
  },
};
