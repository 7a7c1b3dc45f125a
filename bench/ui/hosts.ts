import { readFileSync } from 'node:fs';
import { screenUnderLoad } from './bundle.ts';
import { cpuMs, rssMiB, sleep, spawnOnPty } from './measure.ts';
import { median, quantile } from './numbers.ts';
import type { Frame } from './screen.tsx';
import { oneDecimal, printHeader, printRow } from './table.ts';

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
  const written = session.waitFor('frames written');
  session.type('q');
  await written;
  await session.end();
  const frames = JSON.parse(readFileSync(resultFile, 'utf8')) as Frame[];
  printHeader(`${guests} guests, 200x50`, 'frame CPU, median, ms', 'p95', 'frames/s', 'main thread %');
  for (const { part, fromMs, toMs, mainMs } of spans) {
    const cpu = frames.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).map((frame) => frame.cpuMs);
    const spanMs = toMs - fromMs;
    printRow(
      part,
      oneDecimal(median(cpu)),
      oneDecimal(quantile(cpu, 0.95)),
      oneDecimal((cpu.length * 1000) / spanMs),
      oneDecimal((mainMs * 100) / spanMs),
    );
  }
  printRow('RSS MiB', rss.toFixed(0));
};
