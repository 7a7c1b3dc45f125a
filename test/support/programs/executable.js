// Replaces itself with the single executable, so that tests can run it as `node PROGRAM`, like the bundle.
import { join } from 'node:path';

const exe = join(import.meta.dirname, `../../../build/churntop-linux-${process.arch}`);
// Suppresses the warning that execve is experimental.
process.removeAllListeners('warning');
process.execve(exe, [exe, ...process.argv.slice(2)], process.env);
