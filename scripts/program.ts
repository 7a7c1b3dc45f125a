import { relative } from 'node:path';
import { build, type Metafile, transform } from 'esbuild';
import { common } from './common.ts';
import { gather } from './gather.ts';
import { lean } from './lean.ts';
import { workerText } from './worker-text.ts';

const { platform, target } = common;

/**
 * The program, for the package as for the executable: CommonJS scripts by path, the first of which begins. esbuild splits
 * ES modules only, but scripts start in half the time (docs/speed.md): Node need not make a module of each of its own that is
 * imported, with all it exports loaded.
 */
export const bundleProgram = async (): Promise<{ scripts: Map<string, string>; metafile: Metafile }> => {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { churntop: 'src/cli/entry.ts' },
    minify: true,
    outExtension: { '.js': '.cjs' },
    plugins: [workerText(), ...lean],
    write: false,
  });
  const codes = new Map<string, string>();
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform,
      target,
      minify: true,
      // Node would read a script through for its exports before it runs it as an import.
      supported: { 'dynamic-import': false },
    });
    codes.set(relative('.', path), code);
  }
  const [entry] = codes.keys();
  if (entry === undefined) throw new Error('nothing was bundled');
  return { scripts: gather(codes, metafile.outputs, entry), metafile };
};
