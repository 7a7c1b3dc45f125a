import { build, type Metafile } from 'esbuild';
import { program } from '../program.ts';

/** The whole program as one script, with the workers and the layout engine in it. */
export const bundleScript = async (): Promise<{ script: string; metafile: Metafile }> => {
  const { outputFiles, metafile } = await build({
    ...program,
    format: 'cjs',
    target: 'node24',
    outdir: 'build',
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined || outputFiles.length > 1) throw new Error('the program is not one script');
  return { script: file.text, metafile };
};
