import { sleep } from '../ui/measure.ts';
import { Child, measureUse, waitUntil } from './child.ts';
import { count, type Figure, memory, perEvent, share } from './goals.ts';
import type { FleetOptions } from './options.ts';
import type { ViewerStatus } from './programs/answers.ts';

const settleMs = 3_000;

/** Measures a viewer that reads the batches of a feeder through a pipe. */
const measureFed = async (args: readonly (string | number)[], { seconds }: FleetOptions) => {
  const feeder = new Child('feeder', args);
  const viewer = new Child('viewer', ['pipe'], { input: feeder.output });
  const guests = Number(args[1]);
  await waitUntil(async () => (await viewer.ask<ViewerStatus>('status')).known === guests, {
    limitMs: 60_000,
  });
  await sleep(settleMs);
  const before = await viewer.ask<ViewerStatus>('status');
  const use = await measureUse({ viewer: viewer.pid }, seconds);
  const after = await viewer.ask<ViewerStatus>('status');
  await viewer.kill();
  await feeder.kill();
  const perSecond = (key: 'records' | 'messages') => (after[key] - before[key]) / seconds;
  return { ...use.viewer, status: after, perSecond };
};

const guests = { events: 1_000, pulses: 10_000 };
const rate = 20;
const pulseSeconds = 5;

/** Measures 1,000 guests with 20 events a second each. On a busy machine the feeder is slower: the CPU time is scaled. */
export const measureEvents = async (options: FleetOptions): Promise<Figure[]> => {
  const fed = await measureFed(['events', guests.events, rate], options);
  const { rssMB, status } = fed;
  const cpuPerEvent = fed.cpu / fed.perSecond('records');
  return [
    share('1,000 guests × 20/s through a pipe: viewer, of a core', cpuPerEvent * guests.events * rate, 0.3),
    memory('the same: RSS', rssMB, 250),
    perEvent('the same: CPU time of an event', cpuPerEvent),
    count('the same: lost or twice', status.lost + status.twice + status.missing, 0),
  ];
};

/** Measures 10,000 guests that send counters. */
export const measurePulses = async (options: FleetOptions): Promise<Figure[]> => {
  const fed = await measureFed(['pulses', guests.pulses, pulseSeconds], options);
  const cpuPerMessage = fed.cpu / fed.perSecond('messages');
  const wanted = guests.pulses / pulseSeconds;
  return [
    share('10,000 guests, counters each 5 s, through a pipe: viewer, of a core', cpuPerMessage * wanted, 0.2),
    memory('the same: RSS', fed.rssMB),
    perEvent('the same: CPU time of a message', cpuPerMessage),
  ];
};
