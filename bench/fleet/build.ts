import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { options, splitOptions } from '../../scripts/build/options.ts';

const programs = join(import.meta.dirname, 'programs');
/** The folder of the bundled programs. */
export const programFolder = resolve('build/bench/fleet');

/** Bundles the programs in the way of the package, so that they load as much as it does. */
export const buildPrograms = async (): Promise<void> => {
  await build({
    ...options,
    ...splitOptions,
    entryPoints: readdirSync(programs).map((name) => join(programs, name)),
    outdir: programFolder,
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
    },
    minify: true,
  });
};
