/** `npm run bench:fleet`: measures a viewer and publishers of many guests. See docs/benchmarks/fleet.md. */
import { cpus, loadavg, release } from 'node:os';
import { table } from '../capture/report/table.ts';
import { buildPrograms } from './build.ts';
import { endAll } from './child.ts';
import { type Figure, rowOf } from './goals.ts';
import { measureEvents, measurePulses } from './in-process.ts';
import { measureJetStream } from './jetstream.ts';
import { type FleetOptions, parseOptions, usage } from './options.ts';
import { measureScreen } from './screen.ts';
import { measureServerPulses } from './server-pulses.ts';
import { measureDeadLine } from './ssh.ts';
import { measureStart } from './start.ts';

const parts: Readonly<Record<string, readonly ((options: FleetOptions) => Promise<Figure[]>)[]>> = {
  process: [measureEvents],
  pulses: [measurePulses, measureServerPulses],
  jetstream: [measureJetStream],
  screen: [measureScreen],
  ssh: [measureDeadLine],
  start: [measureStart],
};

const log = (text: string) => process.stderr.write(`${text}\n`);
const load = () => loadavg()[0]?.toFixed(1);

const options = parseOptions(process.argv.slice(2), Object.keys(parts));
if (options.help) console.log(usage);
else {
  process.once('SIGINT', () => void endAll().then(() => process.exit(130)));
  await buildPrograms();
  const rows: string[][] = [];
  for (const [name, measures] of Object.entries(parts)) {
    for (const measure of options.isSelected(name) ? measures : []) {
      const loadBefore = load();
      for (const figure of await measure(options)) {
        rows.push(rowOf(figure));
        log(rowOf(figure).join(' | '));
      }
      log(`  (${name}: load average ${loadBefore} before, ${load()} after)`);
    }
  }
  const machine = `${new Date().toISOString().slice(0, 10)}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, load average ${load()}`;
  const report = `${machine}, ${options.seconds} s for each load.\n\n${table(['', 'wanted', 'measured', 'met'], rows)}`;
  console.log(report);
}
await endAll();
process.exit(0);
