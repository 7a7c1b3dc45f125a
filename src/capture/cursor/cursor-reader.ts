import { ProcError } from '../../proc/errors.ts';
import { type Cursor, parseCursor } from '../../proc/loadavg.ts';
import type { Proc } from '../../proc/reader.ts';
import type { Troubles } from '../core/transient-errors.ts';

/** What small machines have. */
const defaultPidMax = 32768;

/** The two numbers of a held loadavg. Where they cannot be read that is a trouble, and the sampler walks meanwhile. */
export const openCursor = (proc: Proc, troubles: Troubles) => {
  const loadavg = proc.open('loadavg');
  const now: Cursor = { pid: 0, tasks: 0 };
  let pidMax = 0;

  return {
    /** As last read; changed in place. */
    now: now as Readonly<Cursor>,
    pidMax() {
      return pidMax;
    },

    read(): boolean {
      try {
        if (parseCursor(proc.buffer, proc.fill(loadavg), now)) {
          troubles.end('cursor');
          return true;
        }
        troubles.begin('cursor', 'loadavg tells no PID');
      } catch (error) {
        if (!(error instanceof ProcError)) throw error;
        troubles.begin('cursor', `${error.message} (loadavg, ${error.code})`);
      }
      return false;
    },

    /** It can be changed at any time; only a wrap needs it. */
    readPidMax(): void {
      try {
        pidMax = Number(proc.text('sys/kernel/pid_max'));
      } catch (error) {
        if (!(error instanceof ProcError)) throw error;
        // What it was, or the default unless numbers beyond it were seen.
        if (pidMax === 0) pidMax = Math.max(defaultPidMax, now.pid + 1);
      }
    },

    close: () => proc.release(loadavg),
  };
};
