import { mkdirSync } from 'node:fs';
import { build } from 'esbuild';
import { inkOptions } from '../../scripts/build/options.ts';

const folder = 'build/bench';

/** Bundles the screen with a source of synthetic churn, in the same way as the program. Returns the command that runs it. */
export const screenUnderLoad = async (): Promise<string[]> => {
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/screen.mjs`;
  await build({
    ...inkOptions,
    entryPoints: ['bench/ui/screen.tsx'],
    outfile,
  });
  return [process.execPath, outfile];
};
