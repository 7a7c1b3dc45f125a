/** The reference walker, polled at a fixed interval: `contestant-walk.mjs MILLISECONDS`. */
import { ProcWalker } from '../../src/proc/walker.ts';
import { openLines, untilTold } from './line-file.ts';
import { toLine } from './observation.ts';
import { observationOf } from './told.ts';

const interval = Number(process.argv[2]);
if (!(interval >= 1)) throw new Error('an interval in milliseconds, at least 1');

const lines = openLines();
const walker = new ProcWalker();
const timer = setInterval(() => {
  for (const event of walker.poll()) {
    const observation = observationOf(event);
    if (observation) lines.write(toLine(observation));
  }
}, interval);
untilTold(() => {
  clearInterval(timer);
  lines.flush();
});
