import type { Proc } from '../../proc/reader.ts';
import { toNs } from '../core/sampler.ts';
import { type Entry, isSame, none, type Table } from './tracked-processes.ts';

/** Whatever lives longer than a second is read again in turn, so many a second however many there are: 0.1 % of a core. */
const perSecond = 50;
/** Several at once: a core that just woke is slow at first. */
const perTurn = 10;
/** Gone past in search of one to read. */
const mostSteps = 256;
const turnMs = (1000 * perTurn) / perSecond;

export type Elders = ReturnType<typeof createElders>;

/**
 * Late zombies, late names, late execs, and numbers reused behind the cursor's back. Nothing of the kind becomes of a
 * kernel thread, and in a guest they are half of all there is.
 */
export const createElders = ({ proc, table }: { proc: Proc; table: Table }) => {
  let turn = table.all();
  let dueMs = 0;

  const next = (): Entry | undefined => {
    for (let step = 0; step < mostSteps; step++) {
      const { value, done } = turn.next();
      if (done) {
        turn = table.all();
        return undefined;
      }
      if (value.fd === none && !value.kernel) return value;
    }
    return undefined;
  };

  return {
    dueMs() {
      return dueMs;
    },
    /** @returns whether somebody unknown bears a number. @throws ProcError; what was read before it stands, each reading is proof of its own. */
    turn(nowMs: number, nowNs: bigint, walkedMs: number): boolean {
      dueMs = nowMs + turnMs;
      let replaced = false;
      for (let index = 0; index < perTurn; index++) {
        const entry = next();
        if (!entry) break;
        const { pid } = entry.tracked;
        const reading = proc.read(pid);
        if (reading === 'hidden') {
          table.hide(entry);
          continue;
        }
        if (reading !== 'gone' && isSame(entry, reading.stat)) {
          table.follow(entry, reading, { nowNs, windowNs: toNs(nowMs - entry.aliveMs) }, nowMs);
          continue;
        }
        // Somebody else may bear the number by now: whoever it is, the next walk meets him.
        table.exit(entry, { nowNs, windowNs: toNs(nowMs - Math.max(entry.aliveMs, walkedMs)) });
        if (reading !== 'gone') replaced = true;
      }
      return replaced;
    },
  };
};
