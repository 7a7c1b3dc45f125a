// The main script of the executable. Node runs a CommonJS script only, so it loads the ES modules of the program, which
// the executable holds as assets, through module hooks.

// The executable does not open the debugger on SIGUSR1 (blob.ts). The signal would end it instead.
process.on('SIGUSR1', () => {});

const { builtinModules, registerHooks } = require('node:module');
const { getRawAsset } = require('node:sea');
const { pathToFileURL } = require('node:url');

// No such folder exists: assets get URLs inside the executable, so that relative imports and createRequire() work.
const base = `${pathToFileURL(process.execPath)}/`;
const isBuiltin = (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier);

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (isBuiltin(specifier)) return nextResolve(specifier, context);
    const { href } = new URL(specifier, context.parentURL?.startsWith(base) ? context.parentURL : base);
    // Nothing is ever loaded from the file system.
    if (!href.startsWith(base)) throw new Error(`${specifier}: not in the executable`);
    return { url: href, format: 'module', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    if (!url.startsWith(base)) return nextLoad(url, context);
    return { format: 'module', source: Buffer.from(getRawAsset(url.slice(base.length))), shortCircuit: true };
  },
});

import('./dist/churntop.js');
