import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { workerPlugin } from '../../scripts/build/worker-plugin.ts';

/** The folder of the compiled generators and the bundled tools. */
export const buildFolder = resolve('build/bench');
const generators = join(import.meta.dirname, 'generators');
const tools = join(import.meta.dirname, 'tools');

const compile = (name: string, ...flags: string[]): void => {
  const libraries = ['-lm', '-lpthread'];
  const output = join(buildFolder, name);
  const args = ['-O2', ...flags, '-o', output, join(generators, `${name}.c`), ...libraries];
  execFileSync('cc', args, { stdio: ['ignore', 'inherit', flags.length > 0 ? 'ignore' : 'inherit'] });
};

/** Compiles the generators and bundles the tools. */
export const buildBench = async (): Promise<void> => {
  mkdirSync(buildFolder, { recursive: true });
  for (const name of ['churn', 'threads', 'busy', 'sleepers', 'floor']) compile(name);
  // A static program starts in a third of the time, so it is harder to see. Some systems cannot link it.
  try {
    compile('child', '-static');
  } catch {
    compile('child');
  }
  await build({
    entryPoints: ['churntop', 'walk'].map((name) => ({
      in: join(tools, `${name}.ts`),
      out: `tool-${name}`,
    })),
    outdir: buildFolder,
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
