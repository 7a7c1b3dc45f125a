import { isOutOfDescriptors } from '../../proc/errors.ts';
import type { Proc, Seen } from '../../proc/reader.ts';
import type { Young } from './recent-processes.ts';
import { type Entry, none, type Table } from './tracked-processes.ts';

export type Held = { fd: number; seen: Seen };

/** Who bears a number now. */
export type Answer = {
  pid: number;
  /** Who bore it so far, and whether that one is known to have ended: its own descriptor said so. */
  entry: Entry | undefined;
  ended: boolean;
  held: Held | 'stays' | 'gone' | 'hidden';
};

/** Ask /proc who bears a number. Changes nothing that is known; an answer may hold a descriptor. @throws ProcError */
export const createBearers = ({ proc, table, young }: { proc: Proc; table: Table; young: Young }) => {
  const hold = (pid: number): Held | 'gone' | 'hidden' => {
    try {
      return proc.hold(pid);
    } catch (error) {
      // Descriptors are kept for speed only: rather look at the young by walking than miss a birth.
      if (!isOutOfDescriptors(error) || !young.releaseAll()) throw error;
      return proc.hold(pid);
    }
  };

  return {
    ask(pid: number): Answer {
      const entry = table.get(pid);
      if (!entry || entry.fd === none) return { pid, entry, ended: false, held: hold(pid) };
      const ended = proc.reread(entry.fd) === 'gone';
      return { pid, entry, ended, held: ended ? hold(pid) : 'stays' };
    },
    /** Answers that nobody will use. */
    letGo(answers: readonly Answer[]): void {
      for (const { held } of answers) if (typeof held === 'object') proc.release(held.fd);
    },
  };
};
