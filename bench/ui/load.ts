import { performance } from 'node:perf_hooks';
import { screenUnderLoad } from './bundle.ts';
import { frameFigures, frameTitles, quitForFrames } from './frames.ts';
import { cpuMs, rssMiB, sleep, spawnOnPty } from './measure.ts';
import { median, quantile } from './numbers.ts';
import { oneDecimal, printHeader, printRow } from './table.ts';

/** The keys that open each view from the previous one. */
const views: readonly { view: string; keys: readonly string[] }[] = [
  { view: 'live', keys: [] },
  { view: 'churn', keys: ['2'] },
  { view: 'tree', keys: ['3'] },
  { view: 'timeline', keys: ['4'] },
  { view: 'failures', keys: ['5'] },
  { view: 'details', keys: ['1', 'j', 'j', '\r'] },
];

/** Time before a view is measured after it opens. */
const settleMs = 1_000;
const resultFile = 'build/bench/frames.json';

/** Measures each view at 200x50 with 5,000 live processes and 2,000 events a second, and the latency of a key. */
export const measureLoad = async (quick: boolean): Promise<void> => {
  const seconds = quick ? 4 : 20;
  const session = spawnOnPty([...(await screenUnderLoad()), resultFile], { columns: 200, rows: 50 });
  await session.waitFor('LIVE');
  // Waits until no initial process is left and the code is compiled.
  await sleep(quick ? 3_000 : 10_000);

  const spans: { view: string; fromMs: number; toMs: number; bytes: number; mainMs: number }[] = [];
  for (const { view, keys } of views) {
    for (const key of keys) {
      session.type(key);
      await sleep(300);
    }
    await sleep(settleMs);
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
  await sleep(settleMs);

  const keyMs: number[] = [];
  for (let press = 0; press < (quick ? 10 : 50); press++) {
    const drawn = session.waitFor(press % 2 === 0 ? 'PAUSED' : 'LIVE');
    const pressed = performance.now();
    session.type('p');
    keyMs.push((await drawn) - pressed);
    await sleep(150);
  }
  const rss = rssMiB(session.pid);
  const frames = await quitForFrames(session, resultFile);
  printHeader('under load, 200x50, 5,000 live, 2,000 events/s', ...frameTitles, 'bytes/s');
  for (const { view, fromMs, toMs, bytes, mainMs } of spans) {
    const viewFrames = frames.filter(
      (frame) => frame.view === view && frame.atMs >= fromMs && frame.atMs < toMs,
    );
    if (viewFrames.length === 0) throw new Error(`no frame of the view ${view} (its keys were lost)`);
    const cpu = viewFrames.map((frame) => frame.cpuMs);
    const spanMs = toMs - fromMs;
    printRow(view, ...frameFigures(cpu, { spanMs, mainMs }), Math.round((bytes * 1000) / spanMs));
  }
  printHeader('under load', 'figure');
  printRow(
    'key to screen, median / p95, ms',
    `${oneDecimal(median(keyMs))} / ${oneDecimal(quantile(keyMs, 0.95))}`,
  );
  printRow('RSS MiB', rss.toFixed(0));
};
