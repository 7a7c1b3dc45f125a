import { type Comm, decodeComm } from '../../proc/comm.ts';
import { tryRead } from '../../proc/errors.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { ProcStat } from '../../proc/stat.ts';
import { Threads } from './threads.ts';

const newline = 0x0a;

/** Reads the threads of a process; undefined if it has only its main thread. */
export const readThreads = (proc: ProcReader, { pid, threads, state }: ProcStat): Threads | undefined => {
  if (threads < 2) return undefined;
  const ids = proc.listThreads(pid);
  // A main thread that has exited stays in the listing until the last thread exits.
  const live = state === 'Z' ? ids.filter((tid) => tid !== pid) : ids;
  return live.length > 0 ? new Threads(live, false) : undefined;
};

/** Reads the name of a process or thread, which is faster than its stat line. Undefined if it is gone or hidden. */
export const readComm = (proc: ProcReader, tid: number): Comm | undefined =>
  tryRead(() => {
    const fd = proc.openFile(`${tid}/comm`);
    try {
      const length = proc.readInto(fd);
      const end = proc.buffer[length - 1] === newline ? length - 1 : length;
      return length > 0 ? decodeComm(proc.buffer.subarray(0, end)) : undefined;
    } finally {
      proc.close(fd);
    }
  });
