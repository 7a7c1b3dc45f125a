import { addAbortListener } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { exitProcess } from './exit.ts';

const shutdownSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Longest delay of `setTimeout`, ms. */
const maxTimerMs = 2 ** 31 - 1;

/** Returns a signal that aborts at the first SIGINT, SIGTERM or SIGHUP. A second SIGINT or SIGTERM exits immediately, in case shutdown hangs. */
export const shutdownSignal = (): AbortSignal => {
  const controller = new AbortController();
  for (const name of shutdownSignals) {
    process.on(name, () => {
      if (name === 'SIGHUP' && isUnderNohup()) return;
      if (controller.signal.aborted && name !== 'SIGHUP') exitProcess(1);
      controller.abort();
    });
  }
  return controller.signal;
};

/**
 * Returns a signal that aborts after a time of any length. `AbortSignal.timeout` ends at 25 days, and before Node 24 its
 * signal is lost in `AbortSignal.any` at a garbage collection.
 */
export const timeoutSignal = (ns: bigint): AbortSignal => {
  const controller = new AbortController();
  const wait = (leftMs: number) => {
    const ms = Math.min(leftMs, maxTimerMs);
    setTimeout(() => (leftMs > ms ? wait(leftMs - ms) : controller.abort()), ms);
  };
  // Rounded up, so that it never aborts early.
  wait(Math.ceil(Number(ns) / 1e6));
  return controller.signal;
};

/** Returns a signal that aborts when the terminal hangs up, which makes writes fail. */
export const hangupSignal = (terminal: WriteStream): AbortSignal => {
  const controller = new AbortController();
  // The listener stays, because later writes fail, too.
  terminal.on('error', () => controller.abort());
  return controller.signal;
};

/** Waits for a promise, but not after the signal aborts; then it returns undefined. @throws the error of the promise */
export const orAborted = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> => {
  let abortListener: Disposable | undefined;
  const aborted = new Promise<undefined>((resolve) => {
    abortListener = addAbortListener(signal, () => resolve(undefined));
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    abortListener?.[Symbol.dispose]();
  }
};

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
