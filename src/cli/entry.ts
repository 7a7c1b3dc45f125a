import { writeSync } from 'node:fs';
import { version } from './support/version.ts';

/** Scripts ask for it all the time, so what else there is need not be loaded for it. */
const printVersion = (argv: readonly string[]): boolean => {
  if (argv.length !== 1 || argv[0] !== '--version') return false;
  try {
    writeSync(1, `${version}\n`);
    return true;
  } catch {
    // Why not is for those who have the words for it.
    return false;
  }
};

if (!printVersion(process.argv.slice(2))) import('./main.ts');
