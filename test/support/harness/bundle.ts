import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { workerText } from '../../../scripts/worker-text.ts';

/** A script of the tests with everything it imports, to be run by a plain node. Returns its path. */
export const bundle = async (entry: string): Promise<string> => {
  const outfile = join(mkdtempSync(join(tmpdir(), 'churntop-test-')), 'script.mjs');
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    plugins: [workerText()],
    logLevel: 'silent',
  });
  return outfile;
};
