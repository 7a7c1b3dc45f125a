import { mkdirSync } from 'node:fs';
import { build } from 'esbuild';
import { lean } from '../../scripts/lean.ts';

const folder = 'build/bench';

/** The screen fed with made-up churn, bundled as the program is; gives the command that runs it. */
export const screenUnderLoad = async (): Promise<string[]> => {
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/screen.mjs`;
  await build({
    entryPoints: ['bench/ui/screen.tsx'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    define: { 'process.env.NODE_ENV': '"production"', __VERSION__: '"bench"' },
    plugins: lean,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return [process.execPath, outfile];
};
