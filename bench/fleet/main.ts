/** `npm run bench:fleet`: measures a viewer and publishers of many guests. See docs/benchmarks/fleet.md. */
import { cpus, loadavg, release } from 'node:os';
import { hasNatsServer } from '../../test/support/installed/nats-server.ts';
import { sshdObstacle } from '../../test/support/installed/sshd.ts';
import { writeDocument } from '../capture/report/document.ts';
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

type Part = {
  measure: (options: FleetOptions) => Promise<Figure[]>;
  /** Why it cannot be measured here. */
  obstacle?: string | undefined;
};

const natsObstacle = hasNatsServer ? undefined : 'nats-server is missing (Debian package nats-server)';

const parts: Readonly<Record<string, Part>> = {
  process: { measure: measureEvents },
  pulses: { measure: measurePulses },
  'server-pulses': { measure: measureServerPulses, obstacle: natsObstacle },
  jetstream: { measure: measureJetStream, obstacle: natsObstacle },
  screen: { measure: measureScreen, obstacle: natsObstacle },
  ssh: { measure: measureDeadLine, obstacle: sshdObstacle },
  start: { measure: measureStart },
};

const log = (text: string) => process.stderr.write(`${text}\n`);
const load = () => loadavg()[0]?.toFixed(1);

const options = parseOptions(process.argv.slice(2), Object.keys(parts));
if (options.help) console.log(usage);
else {
  process.once('SIGINT', () => void endAll().then(() => process.exit(130)));
  await buildPrograms();
  const rows: string[][] = [];
  for (const [name, { measure, obstacle }] of Object.entries(parts)) {
    if (!options.isSelected(name)) continue;
    if (obstacle !== undefined) {
      log(`not measured: ${name}: ${obstacle}`);
      continue;
    }
    const loadBefore = load();
    for (const figure of await measure(options)) {
      rows.push(rowOf(figure));
      log(rowOf(figure).join(' | '));
    }
    log(`  (${name}: load average ${loadBefore} before, ${load()} after)`);
  }
  const machine = `${new Date().toISOString().slice(0, 10)}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, load average ${load()}`;
  const report = `${machine}, ${options.seconds} s for each load.\n\n${table(['', 'wanted', 'measured', 'met'], rows)}`;
  console.log(report);
  if (options.write) writeDocument('docs/benchmarks/fleet.md', report, 'fleet');
}
await endAll();
process.exit(0);
