import { constants } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { RepeatedSignal, shutdownSignal, shutdownSignals } from '../../../src/cli/support/signals.ts';

type Listener = (...args: unknown[]) => void;
const handled = [...shutdownSignals, 'SIGXFSZ'] as const;
const before = new Map(handled.map((signal) => [signal, process.listeners(signal)]));
afterEach(() => {
  for (const [signal, listeners] of before)
    for (const listener of process.listeners(signal))
      if (!listeners.includes(listener)) process.off(signal, listener as Listener);
});

/** Signals that Node cannot or must not handle: a fault in the process raises them, or they stop it immediately. */
const notHandled = ['SIGKILL', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL'];
/** Signals that do not end a process, or that Node ignores. The program ignores SIGUSR1 before it loads this module. */
const harmless = ['SIGCHLD', 'SIGCONT', 'SIGURG', 'SIGWINCH', 'SIGPIPE', 'SIGXFSZ', 'SIGUSR1'];
const stopping = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'];

test('each signal that Node can handle ends churntop cleanly, or has no effect [fault:other-signals]', () => {
  const numbers = (names: readonly string[]) =>
    names.map((name) => constants.signals[name as NodeJS.Signals]);
  const known = new Set(numbers([...shutdownSignals, ...notHandled, ...harmless, ...stopping]));
  expect(Object.entries(constants.signals).filter(([, number]) => !known.has(number))).toEqual([]);
});

test.each(shutdownSignals)('shutdownSignal aborts on %s', (name) => {
  const onRepeated = vi.fn();
  const signal = shutdownSignal(onRepeated);
  expect(signal.aborted).toBe(false);
  process.emit(name, name);
  process.emit('SIGTERM', 'SIGTERM');
  expect(signal.aborted).toBe(true);
  expect(onRepeated).not.toHaveBeenCalled();
});

test('a signal counts as repeated from one second after the first on [fault:second-signal]', () => {
  let nowMs = 5000;
  const repeated = new RepeatedSignal(() => nowMs);
  const receiveAt = (ms: number) => {
    nowMs = ms;
    return repeated.receive();
  };
  expect([5000, 5005, 5999, 6000, 9000].map(receiveAt)).toEqual([false, false, false, true, true]);
});
