import { readFileSync, readlinkSync } from 'node:fs';

const shutdownSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first signal that asks for an end. A second one ends the process at once, in case the first hangs. */
export const shutdownSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let received = false;
    for (const signal of shutdownSignals) {
      process.on(signal, () => {
        if (signal === 'SIGHUP' && isUnderNohup()) return;
        if (received && signal !== 'SIGHUP') process.exit(1);
        received = true;
        resolve();
      });
    }
  });

const { O_ACCMODE, O_WRONLY } = { O_ACCMODE: 3, O_WRONLY: 1 };

/**
 * nohup(1) sets SIGHUP to be ignored, but Node resets all dispositions when it starts. What stays is its mark: a
 * standard input that is /dev/null, open for writing only.
 */
const isUnderNohup = (): boolean => {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1] ?? '0';
    return readlinkSync('/proc/self/fd/0') === '/dev/null' && (parseInt(flags, 8) & O_ACCMODE) === O_WRONLY;
  } catch {
    // No standard input, or no /proc to ask: then it is not nohup's.
    return false;
  }
};
