import { ShortListing } from '../../proc/errors.ts';
import { isBetween } from '../../proc/loadavg.ts';
import type { Proc, Reading } from '../../proc/reader.ts';
import { toNs } from '../core/sampler.ts';
import type { Births } from './pid-resolver.ts';
import type { Young } from './recent-processes.ts';
import { type Entry, isSame, none, type Table } from './tracked-processes.ts';

export type WalkOptions = { proc: Proc; table: Table; young: Young; births: Births };

/**
 * List the directory: who is no longer in it has ended, who is in it unknown was not shown by the cursor. Only names
 * are read, and the few that make a difference: a walk of 5,000 takes 5 ms, reading them all would take 50.
 */
export const createWalk = ({ proc, table, young, births }: WalkOptions) => {
  let number = 0;
  let walkedMs = 0;

  return {
    /** When the last walk was. */
    walkedMs() {
      return walkedMs;
    },
    /** A walk without consequences but this: who is here now is taken for listed. */
    begin(nowMs: number): void {
      walkedMs = nowMs;
    },

    /**
     * @param cursor reads how far the cursor came after the listing: numbers beyond `after` are left to it.
     * @throws ProcError, ShortListing; nothing is changed then.
     */
    run(after: number, cursor: () => number, now: () => bigint, ms: () => number): void {
      const pids = proc.list();
      const upto = cursor();
      number++;
      const unknown: number[] = [];
      let listed = 0;
      for (const pid of pids) {
        const entry = table.get(pid);
        if (entry) {
          entry.walk = number;
          listed++;
        } else if (!isBetween(pid, after, upto)) {
          unknown.push(pid);
        }
      }
      const departed: Entry[] = [];
      if (listed < table.size()) {
        for (const entry of table.all()) {
          if (entry.walk === number) continue;
          if (isThere(entry)) throw new ShortListing('a living process is not listed', { path: proc.root });
          departed.push(entry);
        }
      }
      const found: { pid: number; fd: number; reading: Reading }[] = [];
      try {
        for (const pid of unknown) {
          const held = proc.hold(pid);
          if (held === 'gone') continue;
          const fd = held === 'hidden' ? none : held.fd;
          found.push({ pid, fd, reading: held === 'hidden' ? held : held.seen });
        }
      } catch (error) {
        for (const { fd } of found) if (fd !== none) proc.release(fd);
        throw error;
      }

      const nowNs = now();
      const nowMs = ms();
      const windowNs = toNs(nowMs - walkedMs);
      for (const entry of departed) {
        table.exit(entry, { nowNs, windowNs: toNs(nowMs - Math.max(walkedMs, entry.aliveMs)) });
      }
      for (const { pid, fd, reading } of found) {
        const entry = table.meet(pid, reading, fd, { nowNs, windowNs }, nowMs);
        births.late(entry);
        if (fd !== none) young.add(entry, nowMs);
      }
      walkedMs = nowMs;
    },
  };

  /** Not listed, but there all the same? A reused number is not. */
  function isThere(entry: Entry): boolean {
    if (entry.fd !== none) return proc.reread(entry.fd) !== 'gone';
    const reading = proc.read(entry.tracked.pid);
    if (reading === 'gone') return false;
    return reading === 'hidden' || isSame(entry, reading.stat);
  }
};
