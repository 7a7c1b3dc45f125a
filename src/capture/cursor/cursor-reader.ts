import { ProcError } from '../../proc/errors.ts';
import { type PidCursor, parseLoadavg } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';
import type { ErrorTracker } from '../core/transient-errors.ts';

/** What small machines have. */
const defaultPidMax = 32768;

/** The two numbers of a held loadavg. Where they cannot be read that is a trouble, and the sampler walks meanwhile. */
export const openCursorReader = (proc: ProcReader, troubles: ErrorTracker) => {
  const loadavg = proc.openFile('loadavg');
  const now: PidCursor = { pid: 0, tasks: 0 };
  let pidMax = 0;

  return {
    /** As last read; changed in place. */
    now: now as Readonly<PidCursor>,
    pidMax() {
      return pidMax;
    },

    read(): boolean {
      try {
        if (parseLoadavg(proc.buffer, proc.readInto(loadavg), now)) {
          troubles.clear('cursor');
          return true;
        }
        troubles.set('cursor', 'loadavg tells no PID');
      } catch (error) {
        if (!(error instanceof ProcError)) throw error;
        troubles.set('cursor', `${error.message} (loadavg, ${error.code})`);
      }
      return false;
    },

    /** It can be changed at any time; only a wrap needs it. */
    readPidMax(): void {
      try {
        pidMax = Number(proc.readText('sys/kernel/pid_max'));
      } catch (error) {
        if (!(error instanceof ProcError)) throw error;
        // What it was, or the default unless numbers beyond it were seen.
        if (pidMax === 0) pidMax = Math.max(defaultPidMax, now.pid + 1);
      }
    },

    close: () => proc.close(loadavg),
  };
};
