import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { workerPlugin } from '../../scripts/build/worker-plugin.ts';

export const built = resolve('build/bench');
const sources = import.meta.dirname;

const compile = (name: string, ...flags: string[]): void => {
  const libraries = ['-lm', '-lpthread'];
  const args = ['-O2', ...flags, '-o', join(built, name), join(sources, `${name}.c`), ...libraries];
  execFileSync('cc', args, { stdio: ['ignore', 'inherit', flags.length > 0 ? 'ignore' : 'inherit'] });
};

/** C programs and contestants, into build/bench/. */
export const buildBench = async (): Promise<void> => {
  mkdirSync(built, { recursive: true });
  for (const name of ['churn', 'threads', 'sleepers', 'floor']) compile(name);
  // A static program starts in a third of the time, and so is the harder one to see; not every system can link it.
  try {
    compile('child', '-static');
  } catch {
    compile('child');
  }
  await build({
    entryPoints: ['churntop', 'walk'].map((name) => join(sources, `contestant-${name}.ts`)),
    outdir: built,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [workerPlugin()],
    logLevel: 'warning',
  });
};
