/** The reference walker, polled at a fixed interval: `tool-walk.mjs MILLISECONDS`. */
import { ProcWalker } from '../../../src/proc/walker.ts';
import { onStop, openLines } from './line-file.ts';
import { toLine } from './observation.ts';
import { toObservation } from './to-observation.ts';

const intervalMs = Number(process.argv[2]);
if (!(intervalMs >= 1))
  throw new Error(`invalid interval ${JSON.stringify(process.argv[2])} (expected milliseconds, at least 1)`);

const lines = openLines();
const walker = new ProcWalker();
const timer = setInterval(() => {
  for (const event of walker.poll()) {
    const observation = toObservation(event);
    if (observation) lines.write(toLine(observation));
  }
}, intervalMs);
onStop(() => {
  clearInterval(timer);
  lines.flush();
});
