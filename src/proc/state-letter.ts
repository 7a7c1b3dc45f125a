import { type ProcReader, tryReadStat } from './reader.ts';
import { isZombie } from './stat.ts';

/** Maximum number of threads that are read for the state of one process. */
const maxThreads = 64;

/** States of threads, the one that describes the process best first. */
const threadStates = 'RDtTSI';

const rank = (letter: string): number =>
  threadStates.includes(letter) ? threadStates.indexOf(letter) : threadStates.length;

/**
 * Returns the state letter of a process; undefined if it cannot be read now. The kernel reports the state of the main
 * thread, which is Z if it has exited while other threads run. Then the state of the busiest of those is returned.
 */
export const readStateLetter = (proc: ProcReader, pid: number): string | undefined => {
  const stat = tryReadStat(proc, pid);
  if (stat?.state !== 'Z' || isZombie(stat)) return stat?.state;
  const letters = proc
    .listThreads(pid)
    .filter((tid) => tid !== pid)
    .slice(0, maxThreads)
    .flatMap((tid) => tryReadStat(proc, tid)?.state ?? [])
    .filter((letter) => letter !== 'Z' && letter !== 'X');
  return letters.toSorted((a, b) => rank(a) - rank(b))[0];
};
