/** churntop without its screen: a live capture with default settings that prints its records as lines. */
import { openLive } from '../../../src/capture/live-source.ts';
import { onStop, openLines } from './line-file.ts';
import { toLine } from './observation.ts';
import { toObservation, toStatusLine } from './to-observation.ts';

const lines = openLines();
const source = openLive();
source.start({
  onBatch({ records }) {
    for (const record of records) {
      const observation = toObservation(record);
      if (observation) lines.write(toLine(observation));
    }
  },
  onStatus(status) {
    lines.write(toLine(toStatusLine(status, process.hrtime.bigint())));
    lines.flush();
  },
  onError(error) {
    process.stderr.write(`churntop: ${error.message}\n`);
    process.exitCode = 1;
  },
});

// In some versions of Node, the sampling thread alone does not keep the process alive.
const keepAlive = setInterval(() => {}, 60_000);
onStop(() => {
  clearInterval(keepAlive);
  void source.stop().then(() => lines.flush());
});
