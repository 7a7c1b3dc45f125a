import { tryRead } from './errors.ts';
import type { ProcReader } from './reader.ts';
import { isZombie, type ProcStat } from './stat.ts';

/** Threads that are read for the state of one process. */
const maxThreads = 64;

/** States of threads, the one that describes the process best first. */
const threadStates = 'RDtTSI';

const rank = (letter: string): number => (threadStates.indexOf(letter) + 1 || threadStates.length + 1) - 1;

/**
 * Returns the state letter of a process; undefined if it cannot be read now. The letter of the kernel is that of the main
 * thread. If that has ended while other threads run, it is Z, although the process is no zombie. The letter is then that
 * of the busiest thread.
 */
export const readStateLetter = (proc: ProcReader, pid: number): string | undefined => {
  const stat = readStat(proc, pid);
  if (stat?.state !== 'Z' || isZombie(stat)) return stat?.state;
  const letters = proc
    .listThreads(pid)
    .filter((tid) => tid !== pid)
    .slice(0, maxThreads)
    .flatMap((tid) => readStat(proc, tid)?.state ?? [])
    .filter((letter) => letter !== 'Z' && letter !== 'X');
  return letters.toSorted((a, b) => rank(a) - rank(b))[0];
};

const readStat = (proc: ProcReader, pid: number): ProcStat | undefined => {
  const reading = tryRead(() => proc.readProcess(pid));
  return typeof reading === 'object' ? reading.stat : undefined;
};
