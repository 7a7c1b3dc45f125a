/**
 * churntop without its screen: a live capture with default settings that prints its records as lines.
 *
 *     tool-churntop.mjs kernel|proc
 */
import { type LiveOptions, openLive } from '../../../src/capture/live-source.ts';
import { onStop, openLines } from './line-file.ts';
import { toLine } from './observation.ts';
import { toObservation, toStatusLine } from './to-observation.ts';
import type { Source } from './tool.ts';

const lines = openLines();
const options: LiveOptions & { source: Source } = { source: process.argv[2] as Source };
const source = openLive(options);
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
    process.exit(1);
  },
});

// In some versions of Node, the sampling thread alone does not keep the process alive.
const keepAlive = setInterval(() => {}, 60_000);
onStop(() => {
  clearInterval(keepAlive);
  void source.stop().then(() => lines.flush());
});
