import type { ProcReader } from '../../proc/reader.ts';
import type { ProcStat } from '../../proc/stat.ts';
import { Threads } from './threads.ts';

/** Reads the threads of a process; undefined if it has only its main thread. */
export const readThreads = (proc: ProcReader, { pid, threads, state }: ProcStat): Threads | undefined => {
  if (threads < 2) return undefined;
  const ids = proc.listThreads(pid);
  // A main thread that has exited stays in the listing until the last thread exits.
  const live = state === 'Z' ? ids.filter((tid) => tid !== pid) : ids;
  return live.length > 0 ? new Threads(live, false) : undefined;
};
