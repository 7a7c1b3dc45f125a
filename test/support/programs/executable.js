// Becomes the single executable, in the same process: tests start `node PROGRAM`, whatever the program is.
import { join } from 'node:path';

const exe = join(import.meta.dirname, `../../../build/churntop-linux-${process.arch}`);
// That execve is experimental is not what the program has to say.
process.removeAllListeners('warning');
process.execve(exe, [exe, ...process.argv.slice(2)], process.env);
