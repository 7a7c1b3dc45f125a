import { readFileSync, readlinkSync } from 'node:fs';
import { exitProcess } from './exit.ts';

const shutdownSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A second SIGINT or SIGTERM exits immediately, in case shutdown hangs. */
export const shutdownSignal = (): Promise<void> =>
  new Promise((resolve) => {
    let received = false;
    for (const signal of shutdownSignals) {
      process.on(signal, () => {
        if (signal === 'SIGHUP' && isUnderNohup()) return;
        if (received && signal !== 'SIGHUP') exitProcess(1);
        received = true;
        resolve();
      });
    }
  });

const { O_ACCMODE, O_WRONLY } = { O_ACCMODE: 3, O_WRONLY: 1 };

/**
 * Returns whether nohup(1) started this process. nohup ignores SIGHUP, but Node resets all signal dispositions when it
 * starts. nohup also opens /dev/null as standard input, for writing only, which nothing else does.
 */
const isUnderNohup = (): boolean => {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1] ?? '0';
    return readlinkSync('/proc/self/fd/0') === '/dev/null' && (parseInt(flags, 8) & O_ACCMODE) === O_WRONLY;
  } catch {
    // No standard input, or no /proc.
    return false;
  }
};
