import { writeSync } from 'node:fs';

const flushAt = 64 * 1024;
/** More than the longest line. */
const spare = 4 * 1024;

/**
 * Lines to a file, by default the one that is standard output: in few writes, never much more than 64 KiB held. One
 * buffer for all of them: of one for each write, enough would wait for a collector to look like a leak.
 */
export const openLines = (file = 1) => {
  const buffer = Buffer.allocUnsafeSlow(flushAt + spare);
  let held = 0;
  const flush = () => {
    for (let done = 0; done < held; ) done += writeSync(file, buffer, done, held - done);
    held = 0;
  };
  return {
    write(line: string) {
      held += buffer.write(line, held);
      if (held >= flushAt) flush();
    },
    flush,
  };
};

/** End on SIGTERM, and by itself should the bench be gone. */
export const untilTold = (end: () => void): void => {
  process.once('SIGTERM', end);
  setTimeout(end, 7_200_000).unref();
};
