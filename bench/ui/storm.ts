import { screenUnderLoad } from './bundle.ts';
import { rssMiB, sleep, spawnOnPty } from './measure.ts';
import { printHeader, printRow } from './table.ts';

/** Measures memory while the screen receives the events of an hour of fork storm, in less time. */
export const measureStorm = async (quick: boolean): Promise<void> => {
  const speedup = quick ? 1 : 20;
  const seconds = quick ? 5 : 3_600 / speedup;
  const session = spawnOnPty(
    await screenUnderLoad(),
    { columns: 200, rows: 50 },
    { EVENTS: String(2_000 * speedup) },
  );
  await session.waitFor('LIVE');
  const rss: number[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    await sleep(seconds * 100);
    rss.push(rssMiB(session.pid));
  }
  await session.end();
  printHeader(`an hour of storm, 2,000 events/s, at ${speedup} times the speed`, 'figure');
  printRow('RSS MiB, at each tenth', rss.map((value) => value.toFixed(0)).join(' '));
};
