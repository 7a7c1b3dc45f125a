import { writeSync } from 'node:fs';

const flushBytes = 64 * 1024;
/** Longer than any line. */
const maxLineBytes = 4 * 1024;
/** A tool exits by itself after this time, in case the benchmark was killed. */
const maxRunMs = 7_200_000;

/**
 * Writes lines to a file, by default to stdout, in blocks of 64 KiB. All writes use one buffer: with a new buffer for
 * each write, uncollected buffers would appear as a memory leak.
 */
export const openLines = (fd = 1) => {
  const buffer = Buffer.allocUnsafeSlow(flushBytes + maxLineBytes);
  let length = 0;
  const flush = () => {
    for (let done = 0; done < length; ) done += writeSync(fd, buffer, done, length - done);
    length = 0;
  };
  return {
    write(line: string) {
      length += buffer.write(line, length);
      if (length >= flushBytes) flush();
    },
    flush,
  };
};

/** Calls `stop` on SIGTERM, or after two hours. */
export const onStop = (stop: () => void): void => {
  process.once('SIGTERM', stop);
  setTimeout(stop, maxRunMs).unref();
};
