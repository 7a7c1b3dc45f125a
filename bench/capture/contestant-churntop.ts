/** churntop without its screen: live capture in its default settings, what it tells written as lines. */
import { openLive } from '../../src/capture/live-source.ts';
import { openLines, untilTold } from './line-file.ts';
import { toLine } from './observation.ts';
import { observationOf, statusLine } from './told.ts';

const lines = openLines();
const source = openLive();
source.start({
  onBatch({ records }) {
    for (const record of records) {
      const observation = observationOf(record);
      if (observation) lines.write(toLine(observation));
    }
  },
  onStatus(status) {
    lines.write(toLine(statusLine(status, process.hrtime.bigint())));
    lines.flush();
  },
  onError(error) {
    process.stderr.write(`churntop: ${error.message}\n`);
    process.exitCode = 1;
  },
});

// The sampling thread alone does not keep the process up in every version of it.
const keepUp = setInterval(() => {}, 60_000);
untilTold(() => {
  clearInterval(keepUp);
  void source.stop().then(() => lines.flush());
});
