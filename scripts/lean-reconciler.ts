import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Plugin, transform } from 'esbuild';
import { importing, produced } from './lean-react.ts';
import { type Replaced, readReplaced } from './replaced.ts';

const head = 'module.exports = function ($$$config) {';
const tail = /return exports;\n\};\nmodule\.exports\.default = [\s\S]*$/;

/** What a renderer may be able to do, where the reconciler asks its config for it. */
const abilities = /\b(isPrimaryRenderer|supports[A-Z]\w+)(?= = \$\$\$config\.\1\b)/g;

/** As a module that imports its config, without what is for other abilities than the config tells of. */
const asModule = async (source: string, config: { path: string; text: string }): Promise<string> => {
  if (!source.includes(head) || !tail.test(source)) throw new Error('another React: no such reconciler');
  const names = [...source.matchAll(abilities)].map(([name]) => name);
  const { code } = await transform(
    source
      .replace(head, '')
      .replace(tail, 'export default exports;')
      // What is declared is no constant to the bundler.
      .replace(abilities, 'declared_$1'),
    {
      define: Object.fromEntries(names.map((name) => [name, `${config.text.includes(`${name}: true,`)}`])),
      minifySyntax: true,
    },
  );
  return `import $$$config from ${JSON.stringify(config.path)};\n${code}`;
};

/** What of Ink's module is replaced, so that what it says of itself is all that is left. */
const onlyConfig: readonly Replaced[] = [
  { what: /^import createReconciler from 'react-reconciler';$/m, by: '' },
  { what: /^export default createReconciler\(hostConfig\);$/m, by: 'export default hostConfig;' },
  // Under DEV=true it loads React's devtools, which weigh as much as Ink, and waits for them, as a script cannot.
  { what: /^if \(process\.env\['DEV'\] === 'true'\) \{\n[\s\S]*?^\}\n/gm, by: '' },
];

/**
 * React's reconciler is one function of 130 KB, called once, with what Ink says of itself. As a module that imports what Ink
 * says V8 reads it once, not twice, and what is for other renderers is left out.
 */
export const leanReconciler: Plugin = {
  name: 'lean-reconciler',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /[\\/]reconciler\.js$/ }, ({ importer, path }) => {
      if (!/[\\/]ink[\\/]build[\\/]/.test(importer)) return undefined;
      const ink = createRequire(importer);
      return { path: produced(ink.resolve('react-reconciler')), pluginData: ink.resolve(path) };
    });
    onLoad({ filter: /[\\/]react-reconciler\.production\.js$/ }, async ({ path, pluginData: config }) => ({
      contents: await asModule(importing(readFileSync(path, 'utf8')), {
        path: config,
        text: readFileSync(config, 'utf8'),
      }),
    }));
    onLoad({ filter: /[\\/]ink[\\/]build[\\/]reconciler\.js$/ }, ({ path }) => ({
      contents: readReplaced(path, onlyConfig),
    }));
  },
};
