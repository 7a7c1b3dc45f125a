import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { workerPlugin } from '../../../scripts/build/worker-plugin.ts';

/** Bundles a test program with its imports, so that plain node can run it. Returns the path of the bundle. */
export const bundle = async (entry: string): Promise<string> => {
  const outfile = join(mkdtempSync(join(tmpdir(), 'churntop-test-')), 'script.mjs');
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    plugins: [workerPlugin()],
    logLevel: 'silent',
  });
  return outfile;
};
