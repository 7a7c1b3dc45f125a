import type { Plugin } from 'esbuild';
import { type Replaced, readReplaced } from './replaced.ts';

const meow = /[\\/]meow[\\/]build[\\/]/;

/** Of each file what is replaced in it, which must be there. */
const replaced: readonly ({ file: string } & Replaced)[] = [
  // A package.json is given, so none is looked for, nor held against all licences of SPDX.
  {
    file: 'options.js',
    what: /^import \{ a as readPackageUpSync, n as normalizePackageData \} from .*$/m,
    by: 'const readPackageUpSync = () => undefined, normalizePackageData = () => {};',
  },
  // For files of flags, which are read by nobody here; a script has no import.meta.
  { file: 'dependencies.js', what: /createRequire\(import\.meta\.url\)/, by: 'undefined' },
  // The whole of it would be read property by property, some of which Node then loads: 3 ms.
  {
    file: 'dependencies.js',
    what: /^import ([\w$]+), \{ format \} from 'util';$/m,
    by: "import { format } from 'util';\nconst $1 = { format };",
  },
  { file: 'dependencies.js', what: /^promisify\(execFile\);$/m, by: '' },
  // What is made for an export that nobody takes may be left out with it.
  {
    file: 'dependencies.js',
    what: /^((?:var|const|let) [\w$]+ = )(?=[\w$.]+\()/gm,
    by: '$1/* @__PURE__ */ ',
  },
];

/** Bundles of meow what it runs here: a third of it. Another meow, in which that is not to be found, fails to be bundled. */
export const leanMeow: Plugin = {
  name: 'lean-meow',
  setup({ onLoad, onResolve }) {
    for (const name of new Set(replaced.map(({ file }) => file))) {
      onLoad({ filter: new RegExp(`${meow.source}${name.replace('.', '\\.')}$`) }, ({ path }) => ({
        contents: readReplaced(
          path,
          replaced.filter(({ file }) => file === name),
        ),
      }));
    }
    // Node's own modules are loaded for what is left of it only.
    onResolve({ filter: /^(node:)?[a-z_]+$/ }, ({ importer, path }) =>
      meow.test(importer) ? { path, external: true, sideEffects: false } : undefined,
    );
  },
};
