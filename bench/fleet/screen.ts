import { sleep, spawnOnPty } from '../ui/measure.ts';
import { program } from '../ui/program.ts';
import { endWithBench, measureUse } from './child.ts';
import { type Figure, memory, share } from './goals.ts';
import { guests, rate, startGuests } from './jetstream.ts';
import { openLab, waitForReader } from './nats.ts';
import type { FleetOptions } from './options.ts';

const settleMs = 5_000;
const maxDrawMs = 10_000;

/** Measures the program with its screen under the same load. */
export const measureScreen = async ({ seconds }: FleetOptions): Promise<Figure[]> => {
  const lab = await openLab();
  const command = [...program, 'view', lab.server.url];
  const session = spawnOnPty(command, { columns: 200, rows: 50 }, { LC_ALL: 'C.UTF-8' });
  const forget = endWithBench(session.end);
  await waitForReader(lab);
  const drawn = session.waitFor('guest10');
  const running = startGuests(lab);
  // A frame writes only the cells that differ, so that the text may come in two parts.
  await Promise.race([drawn, sleep(maxDrawMs)]);
  await running.writer.ask('go');
  await sleep(settleMs);
  const { screen } = await measureUse({ screen: session.pid }, seconds);
  await session.end();
  forget();
  for (const child of Object.values(running)) await child.kill();
  await lab.close();
  return [
    share(`${guests} guests × ${rate}/s over JetStream: the program, 200x50, of a core`, screen.cpu, 0.15),
    memory('the same: RSS', screen.rssMB, 150),
  ];
};
