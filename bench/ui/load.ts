import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { screenUnderLoad } from './bundle.ts';
import { cpuMs, onTerminal, rssMiB, sleep } from './measure.ts';
import { median, quantile } from './numbers.ts';
import type { Frame } from './screen.tsx';
import { head, ms, row } from './table.ts';

/** The keys that bring each view on the screen, from the one above it. */
const ways: readonly { view: string; keys: readonly string[] }[] = [
  { view: 'live', keys: [] },
  { view: 'churn', keys: ['2'] },
  { view: 'tree', keys: ['3'] },
  { view: 'timeline', keys: ['4'] },
  { view: 'details', keys: ['1', 'j', 'j', '\r'] },
];

/** A view that has just come up is not measured yet, ms. */
const settlingMs = 1_000;
const figures = 'build/bench/frames.json';

/** Every view at 200x50 while 5,000 processes live and 2,000 events a second come, and how soon a key is answered. */
export const measureLoad = async (quick: boolean): Promise<void> => {
  const seconds = quick ? 4 : 20;
  const session = onTerminal([...(await screenUnderLoad()), figures], { columns: 200, rows: 50 });
  await session.see('LIVE');
  // Until all that lives was born while it was watched, and code is compiled.
  await sleep(quick ? 3_000 : 10_000);

  const spans: { view: string; fromMs: number; toMs: number; bytes: number; mainMs: number }[] = [];
  for (const { view, keys } of ways) {
    for (const key of keys) {
      session.type(key);
      await sleep(300);
    }
    await sleep(settlingMs);
    const before = { fromMs: Date.now(), bytes: session.bytes(), mainMs: cpuMs(session.pid, session.pid) };
    await sleep(seconds * 1000);
    spans.push({
      view,
      fromMs: before.fromMs,
      toMs: Date.now(),
      bytes: session.bytes() - before.bytes,
      mainMs: cpuMs(session.pid, session.pid) - before.mainMs,
    });
  }
  session.type('\x1b');
  await sleep(settlingMs);

  const keyMs: number[] = [];
  for (let press = 0; press < (quick ? 10 : 50); press++) {
    const seen = session.see(press % 2 === 0 ? 'PAUSED' : 'LIVE');
    const pressed = performance.now();
    session.type('p');
    keyMs.push((await seen) - pressed);
    await sleep(150);
  }
  const rss = rssMiB(session.pid);
  const written = session.see('frames written');
  session.type('q');
  await written;
  await session.end();

  const frames = JSON.parse(readFileSync(figures, 'utf8')) as Frame[];
  head(
    'under load, 200x50, 5,000 live, 2,000 events/s',
    'frame CPU, median, ms',
    'p95',
    'frames/s',
    'main thread %',
    'bytes/s',
  );
  for (const { view, fromMs, toMs, bytes, mainMs } of spans) {
    const own = frames.filter((frame) => frame.view === view && frame.atMs >= fromMs && frame.atMs < toMs);
    if (own.length === 0) throw new Error(`no frame of the view ${view}: its keys were lost`);
    const cpu = own.map((frame) => frame.cpuMs);
    const spanMs = toMs - fromMs;
    row(
      view,
      ms(median(cpu)),
      ms(quantile(cpu, 0.95)),
      ms((own.length * 1000) / spanMs),
      ms((mainMs * 100) / spanMs),
      Math.round((bytes * 1000) / spanMs),
    );
  }
  head('under load', 'figure');
  row('key to screen, median / p95, ms', `${ms(median(keyMs))} / ${ms(quantile(keyMs, 0.95))}`);
  row('RSS MiB', rss.toFixed(0));
};
