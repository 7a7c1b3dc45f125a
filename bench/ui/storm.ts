import { screenUnderLoad } from './bundle.ts';
import { onTerminal, rssMiB, sleep } from './measure.ts';
import { head, row } from './table.ts';

/** Memory while as many events come as an hour of storm has, in a fraction of the time. */
export const measureStorm = async (quick: boolean): Promise<void> => {
  const hurry = quick ? 1 : 20;
  const seconds = quick ? 5 : 3_600 / hurry;
  const session = onTerminal(
    await screenUnderLoad(),
    { columns: 200, rows: 50 },
    { EVENTS: String(2_000 * hurry) },
  );
  await session.see('LIVE');
  const rss: number[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    await sleep(seconds * 100);
    rss.push(rssMiB(session.pid));
  }
  await session.end();
  head(`an hour of storm, 2,000 events/s, ${hurry} times as fast`, 'figure');
  row('RSS MiB, at each tenth of it', rss.map((value) => value.toFixed(0)).join(' '));
};
