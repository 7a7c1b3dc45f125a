import { isOutOfDescriptors } from '../../proc/errors.ts';
import type { ProcReader, StatSnapshot } from '../../proc/reader.ts';
import type { RecentProcesses } from './recent-processes.ts';
import { noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

export type OpenStat = { fd: number; snapshot: StatSnapshot };

/** Who bears a number now. */
export type PidProbe = {
  pid: number;
  /** Who bore it so far, and whether that one is known to have ended: its own descriptor said so. */
  entry: TrackedProcess | undefined;
  exited: boolean;
  stat: OpenStat | 'stays' | 'gone' | 'hidden';
};

/** Ask /proc who bears a number. Changes nothing that is known; an answer may hold a descriptor. @throws ProcError */
export const createPidProbe = ({
  proc,
  table,
  young,
}: {
  proc: ProcReader;
  table: TrackedProcesses;
  young: RecentProcesses;
}) => {
  const hold = (pid: number): OpenStat | 'gone' | 'hidden' => {
    try {
      return proc.openStat(pid);
    } catch (error) {
      // Descriptors are kept for speed only: rather look at the young by walking than miss a birth.
      if (!isOutOfDescriptors(error) || !young.releaseAll()) throw error;
      return proc.openStat(pid);
    }
  };

  return {
    probe(pid: number): PidProbe {
      const entry = table.get(pid);
      if (!entry || entry.fd === noFd) return { pid, entry, exited: false, stat: hold(pid) };
      const exited = proc.readStat(entry.fd) === 'gone';
      return { pid, entry, exited, stat: exited ? hold(pid) : 'stays' };
    },
    /** Answers that nobody will use. */
    releaseAll(probes: readonly PidProbe[]): void {
      for (const { stat } of probes) if (typeof stat === 'object') proc.close(stat.fd);
    },
  };
};
