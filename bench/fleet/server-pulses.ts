import { sleep } from '../ui/measure.ts';
import { Child, measureUse, waitUntil } from './child.ts';
import { type Figure, memory, seconds as secondsOf, share } from './goals.ts';
import { openLab } from './nats.ts';
import type { FleetOptions } from './options.ts';
import type { ViewerStatus } from './programs/answers.ts';

const guests = 10_000;
const periodSeconds = 5;
const settleMs = 2_000;

/** Measures 10,000 guests that publish counters. The viewer is started once all of them have. */
export const measureServerPulses = async ({ seconds }: FleetOptions): Promise<Figure[]> => {
  const lab = await openLab();
  const pulser = new Child('pulser', [lab.server.url, guests, periodSeconds]);
  await waitUntil(async () => (await pulser.ask<number>('status')) >= guests, { limitMs: 30_000 });
  const fromMs = performance.now();
  const viewer = new Child('viewer', ['nats', lab.server.url]);
  const knownMs = await waitUntil(async () => (await viewer.ask<ViewerStatus>('status')).known === guests, {
    fromMs,
    limitMs: 60_000,
  });
  await sleep(settleMs);
  const use = await measureUse({ viewer: viewer.pid, server: lab.server.pid as number }, seconds);
  const { live } = await viewer.ask<ViewerStatus>('status');
  await viewer.kill();
  await pulser.kill();
  await lab.close();
  if (live !== guests) throw new Error(`only ${live} guests are live`);
  return [
    secondsOf('10,000 guests, counters each 5 s over JetStream: all known after the start', knownMs, 5),
    share('the same: viewer, of a core', use.viewer.cpu, 0.2),
    memory('the same: RSS of the viewer', use.viewer.rssMB),
    share('the same: nats-server, of a core', use.server.cpu),
  ];
};
