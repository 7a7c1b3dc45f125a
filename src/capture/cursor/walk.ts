import { IncompleteListingError } from '../../proc/errors.ts';
import { isPidBetween } from '../../proc/loadavg.ts';
import type { ProcReader, ReadResult } from '../../proc/reader.ts';
import { toNs } from '../core/sampler.ts';
import type { PidResolver } from './pid-resolver.ts';
import type { RecentProcesses } from './recent-processes.ts';
import { isSameProcess, noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

export type WalkOptions = {
  proc: ProcReader;
  table: TrackedProcesses;
  young: RecentProcesses;
  births: PidResolver;
};

/**
 * List the directory: who is no longer in it has ended, who is in it unknown was not shown by the cursor. Only names
 * are read, and the few that make a difference: a walk of 5,000 takes 5 ms, reading them all would take 50.
 */
export const createWalk = ({ proc, table, young, births }: WalkOptions) => {
  let walkCount = 0;
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
      const pids = proc.listPids();
      const upto = cursor();
      walkCount++;
      const unknown: number[] = [];
      let listed = 0;
      for (const pid of pids) {
        const entry = table.get(pid);
        if (entry) {
          entry.lastWalk = walkCount;
          listed++;
        } else if (!isPidBetween(pid, after, upto)) {
          unknown.push(pid);
        }
      }
      const departed: TrackedProcess[] = [];
      if (listed < table.size()) {
        for (const entry of table.all()) {
          if (entry.lastWalk === walkCount) continue;
          if (isAlive(entry))
            throw new IncompleteListingError('a living process is not listed', { path: proc.root });
          departed.push(entry);
        }
      }
      const found: { pid: number; fd: number; reading: ReadResult }[] = [];
      try {
        for (const pid of unknown) {
          const held = proc.openStat(pid);
          if (held === 'gone') continue;
          const fd = held === 'hidden' ? noFd : held.fd;
          found.push({ pid, fd, reading: held === 'hidden' ? held : held.snapshot });
        }
      } catch (error) {
        for (const { fd } of found) if (fd !== noFd) proc.close(fd);
        throw error;
      }

      const nowNs = now();
      const nowMs = ms();
      const windowNs = toNs(nowMs - walkedMs);
      for (const entry of departed) {
        table.remove(entry, { nowNs, windowNs: toNs(nowMs - Math.max(walkedMs, entry.lastAliveMs)) });
      }
      for (const { pid, fd, reading } of found) {
        const entry = table.meet(pid, reading, fd, { nowNs, windowNs }, nowMs);
        births.late(entry);
        if (fd !== noFd) young.add(entry, nowMs);
      }
      walkedMs = nowMs;
    },
  };

  /** Not listed, but there all the same? A reused number is not. */
  function isAlive(entry: TrackedProcess): boolean {
    if (entry.fd !== noFd) return proc.readStat(entry.fd) !== 'gone';
    const reading = proc.readProcess(entry.observed.pid);
    if (reading === 'gone') return false;
    return reading === 'hidden' || isSameProcess(entry, reading.stat);
  }
};
