import { join } from 'node:path';
import { sleep } from '../ui/measure.ts';
import { Child, measureUse, waitUntil } from './child.ts';
import { count, type Figure, memory, perEvent, seconds as secondsOf, share } from './goals.ts';
import { type Lab, openLab, waitForReader } from './nats.ts';
import type { FleetOptions } from './options.ts';
import type { ViewerStatus, WriterStatus } from './programs/answers.ts';

export const guests = 50;
export const rate = 200;
const settleMs = 2_000;
const outageMs = 5_000;

/** Starts what writes and publishes the traces. One publisher is alone in a process, as at a guest. */
export const startGuests = ({ server, folder }: Lab) => {
  const fileOf = (index: number) => join(folder, `guest${index}.ndjson`);
  const others = Array.from({ length: guests - 1 }, (_, index) => fileOf(index + 1));
  return {
    writer: new Child('writer', [folder, guests, rate]),
    publisher: new Child('publisher', [server.url, fileOf(0)]),
    others: new Child('publisher', [server.url, ...others]),
  };
};

type Running = ReturnType<typeof startGuests> & { lab: Lab; viewer: Child };

const statusOf = (viewer: Child) => viewer.ask<ViewerStatus>('status');

/** Ends the load. Returns the faults, once everything has arrived or nothing more does. */
const endLoad = async ({ writer, viewer }: Running) => {
  await writer.ask('stop');
  const { records, events } = await writer.ask<WriterStatus>('status');
  await waitUntil(async () => (await statusOf(viewer)).records >= records, { limitMs: 20_000 });
  const status = await statusOf(viewer);
  return {
    events,
    lost: Math.max(records - status.records, status.lost, status.missing, events - status.counted),
    twice: Math.max(status.records - records, status.twice, status.counted - events),
  };
};

const measureLoad = async (running: Running, seconds: number): Promise<Figure[]> => {
  const { lab, viewer, publisher, writer } = running;
  await writer.ask('go');
  await sleep(settleMs);
  const pids = { viewer: viewer.pid, publisher: publisher.pid, server: lab.server.pid as number };
  const use = await measureUse(pids, seconds);
  const { events, lost, twice } = await endLoad(running);
  return [
    count(`${guests} guests × ${rate}/s over JetStream: events`, events),
    count('the same: lost', lost, 0),
    count('the same: twice', twice, 0),
    share('the same: viewer without a screen, of a core', use.viewer.cpu, 0.15),
    memory('the same: RSS of the viewer', use.viewer.rssMB, 150),
    perEvent('the same: CPU time of the viewer for an event', use.viewer.cpu / (guests * rate)),
    share('the same: publisher of one guest, of a core', use.publisher.cpu, 0.02),
    memory('the same: RSS of the publisher alone', use.publisher.rssMB),
    share('the same: nats-server, of a core', use.server.cpu),
  ];
};

/** Kills the server under load, and measures how long after its restart nothing waits any more. */
const measureRestart = async (running: Running): Promise<Figure[]> => {
  const { lab, writer, viewer } = running;
  await writer.ask('go');
  await sleep(settleMs);
  await lab.server.kill();
  await sleep(outageMs);
  await lab.server.restart();
  const fromMs = performance.now();
  const { records } = await writer.ask<WriterStatus>('status');
  const caughtUpMs = await waitUntil(async () => (await statusOf(viewer)).records >= records, {
    fromMs,
    limitMs: 30_000,
  });
  const { lost, twice } = await endLoad(running);
  return [
    secondsOf('server killed with -9 for 5 s under this load: caught up after its restart', caughtUpMs, 2),
    count('the same: lost or twice', lost + twice, 0),
  ];
};

/** Kills the publisher of a guest. */
const measureDeadSource = async ({ writer, viewer, publisher }: Running): Promise<Figure[]> => {
  await writer.ask('go');
  await waitUntil(async () => (await statusOf(viewer)).live === guests, { limitMs: 20_000 });
  await publisher.kill();
  const markedMs = await waitUntil(async () => (await statusOf(viewer)).live === guests - 1, {
    limitMs: 40_000,
  });
  return [secondsOf('publisher killed with -9: its guest is marked', markedMs, 15)];
};

/** Measures 50 guests over a server, then faults. */
export const measureJetStream = async ({ seconds }: FleetOptions): Promise<Figure[]> => {
  const lab = await openLab();
  const viewer = new Child('viewer', ['nats', lab.server.url]);
  await waitForReader(lab);
  const running: Running = { ...startGuests(lab), lab, viewer };
  await waitUntil(async () => (await statusOf(viewer)).known === guests, { limitMs: 60_000 });
  const figures = [
    ...(await measureLoad(running, seconds)),
    ...(await measureRestart(running)),
    ...(await measureDeadSource(running)),
  ];
  for (const child of [viewer, running.publisher, running.others, running.writer]) await child.kill();
  await lab.close();
  return figures;
};
