import { addAbortListener } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import type { WriteStream } from 'node:tty';

/**
 * Signals that shut churntop down cleanly: those that terminate a process by default and that Node can handle. It cannot
 * handle SIGKILL and the real-time signals. It must not handle SIGSEGV, SIGBUS, SIGFPE and SIGILL: the instruction that
 * caused them would run again.
 */
export const shutdownSignals = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTRAP',
  'SIGABRT',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGXCPU',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
] as const satisfies readonly NodeJS.Signals[];

/** Node sends itself SIGPROF a thousand times a second when it profiles the program. */
const isProfiled = (): boolean =>
  [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((option) => /--(cpu-)?prof\b/.test(option));

/**
 * Time after the first signal in which further signals belong to the same request, ms. timeout(1) sends two, one to the
 * process and one to its group. A terminal sends one to npm and one to its child, and npm forwards its own.
 */
const sameRequestMs = 1000;

/** Distinguishes a repeated request to exit from several signals of one request. */
export class RepeatedSignal {
  readonly #nowMs: () => number;
  #firstMs: number | undefined;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Receives a signal. Returns whether it is a repeated request. */
  receive(): boolean {
    const nowMs = this.#nowMs();
    this.#firstMs ??= nowMs;
    return nowMs - this.#firstMs >= sameRequestMs;
  }
}

/**
 * Returns an AbortSignal that aborts at the first shutdown signal. Calls `onRepeated` for each one that arrives a second
 * or more later, in case shutdown hangs. SIGHUP does not count, because a terminal that hangs up sends it
 * after another signal.
 */
export const shutdownSignal = (onRepeated: () => void): AbortSignal => {
  // At a file size limit the write fails, which a recording handles. Node ignores this signal by default, but a dependency
  // of Ink listens to it and then exits.
  process.on('SIGXFSZ', () => {});
  const controller = new AbortController();
  const repeated = new RepeatedSignal();
  for (const name of shutdownSignals) {
    if (name === 'SIGPROF' && isProfiled()) continue;
    process.on(name, () => {
      if (name === 'SIGHUP' && isUnderNohup()) return;
      if (repeated.receive() && name !== 'SIGHUP') onRepeated();
      controller.abort();
    });
  }
  return controller.signal;
};

/** Longest delay of `setTimeout`, ms. */
const maxTimerMs = 2 ** 31 - 1;

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

/** Waits for a promise or an abort. Returns undefined if the signal aborts first. @throws the error of the promise */
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
