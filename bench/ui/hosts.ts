import { screenUnderLoad } from './bundle.ts';
import { frameFigures, frameTitles, quitForFrames } from './frames.ts';
import { cpuMs, rssMiB, sleep, spawnOnPty } from './measure.ts';
import { printHeader, printRow } from './table.ts';

const guests = 10_000;
const resultFile = 'build/bench/fleet-frames.json';

/** The parts that are measured: the keys that begin one, and the keys that are typed ten times a second in it. */
const parts: readonly { part: string; keys: readonly string[]; repeated?: string }[] = [
  { part: 'hosts, by name', keys: [] },
  { part: 'hosts, by rate', keys: ['s', 's'] },
  { part: 'hosts, scrolling', keys: ['g'], repeated: '\x06' },
  { part: 'churn over all', keys: ['2'] },
  { part: 'failures over all', keys: ['5'] },
];

/** Measures frames at 200x50 over 10,000 guests that send counters every five seconds. */
export const measureHosts = async (quick: boolean): Promise<void> => {
  const seconds = quick ? 4 : 20;
  const command = [...(await screenUnderLoad()), resultFile];
  const session = spawnOnPty(command, { columns: 200, rows: 50 }, { GUESTS: String(guests) });
  await session.waitFor('LIVE');
  await sleep(quick ? 3_000 : 10_000);
  const spans: { part: string; fromMs: number; toMs: number; mainMs: number }[] = [];
  for (const { part, keys, repeated } of parts) {
    for (const key of keys) {
      session.type(key);
      await sleep(300);
    }
    await sleep(1_000);
    const fromMs = Date.now();
    const before = cpuMs(session.pid, session.pid);
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      if (repeated !== undefined) session.type(repeated);
      await sleep(100);
    }
    spans.push({ part, fromMs, toMs: Date.now(), mainMs: cpuMs(session.pid, session.pid) - before });
  }
  const rss = rssMiB(session.pid);
  const frames = await quitForFrames(session, resultFile);
  printHeader(`${guests} guests, 200x50`, ...frameTitles);
  for (const { part, fromMs, toMs, mainMs } of spans) {
    const cpu = frames.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map((frame) => frame.cpuMs);
    printRow(part, ...frameFigures(cpu, { spanMs: toMs - fromMs, mainMs }));
  }
  printRow('RSS MiB', rss.toFixed(0));
};
