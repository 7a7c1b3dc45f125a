/**
 * `npm run bench:ui`: what the screen costs. On a quiet guest bytes a second, CPU and memory, beside htop, btop and gtop
 * where they are installed; a frame of each view at 200x50 under load, and key to screen; memory in an hour of storm.
 */
import { cpus, release } from 'node:os';
import { measureLoad } from './load.ts';
import { parseOptions, usage } from './options.ts';
import { measureQuiet } from './quiet.ts';
import { measureStorm } from './storm.ts';

const parts: Readonly<Record<string, (quick: boolean) => Promise<void>>> = {
  quiet: measureQuiet,
  load: measureLoad,
  storm: measureStorm,
};

const options = parseOptions(process.argv.slice(2), Object.keys(parts));
if (options.help) console.log(usage);
else {
  console.log(`Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`);
  for (const [name, measure] of Object.entries(parts)) if (options.wants(name)) await measure(options.quick);
}
process.exit(0);
