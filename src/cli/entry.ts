import { writeSync } from 'node:fs';
import { version } from './support/version.ts';

/** Prints the version for `--version`, without loading the rest of the program. Returns whether it did. */
const printVersion = (argv: readonly string[]): boolean => {
  if (argv.length !== 1 || argv[0] !== '--version') return false;
  try {
    writeSync(1, `${version}\n`);
    return true;
  } catch {
    // main.ts tries again and reports the error.
    return false;
  }
};

if (!printVersion(process.argv.slice(2))) import('./main.ts');
