/**
 * `npm run bench:ui`: measures the screen. `quiet`: bytes a second, CPU and memory of an idle screen, next to htop, btop
 * and gtop if they are installed. `load`: a frame of each view at 200x50, and the latency of a key. `storm`: memory
 * during an hour of fork storm. `hosts`: frames over 10,000 guests.
 */
import { cpus, release } from 'node:os';
import { measureHosts } from './hosts.ts';
import { measureLoad } from './load.ts';
import { parseOptions, usage } from './options.ts';
import { measureQuiet } from './quiet.ts';
import { measureStorm } from './storm.ts';

const parts: Readonly<Record<string, (quick: boolean) => Promise<void>>> = {
  quiet: measureQuiet,
  load: measureLoad,
  storm: measureStorm,
  hosts: measureHosts,
};

const options = parseOptions(process.argv.slice(2), Object.keys(parts));
if (options.help) console.log(usage);
else {
  console.log(`Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`);
  for (const [name, measure] of Object.entries(parts))
    if (options.isSelected(name)) await measure(options.quick);
}
process.exit(0);
