import { writeSync } from 'node:fs';

const flushAt = 64 * 1024;

/** Lines to a file, by default the one that is standard output: in few writes, never much more than 64 KiB held. */
export const openLines = (file = 1) => {
  let held = '';
  const flush = () => {
    let bytes = Buffer.from(held);
    held = '';
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(file, bytes));
  };
  return {
    write(line: string) {
      held += line;
      if (held.length >= flushAt) flush();
    },
    flush,
  };
};

/** End on SIGTERM, and by itself should the bench be gone. */
export const untilTold = (end: () => void): void => {
  process.once('SIGTERM', end);
  setTimeout(end, 7_200_000).unref();
};
