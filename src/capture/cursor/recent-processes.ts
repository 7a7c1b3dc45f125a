import type { ProcReader } from '../../proc/reader.ts';
import { awaitsExec, isKernelThread, type ProcStat } from '../../proc/stat.ts';
import { toNs } from '../core/sampler.ts';
import { noFd, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** As long as its stat file is held open a process can be read for half the price, and its end is told by the read. */
const retainMs = 1000;
/** Looks for an exec after a fork: soon, then ever later, for half a second. */
const minBackoffMs = 0.5;
const backoffFactor = 1.5;
const maxBackoffMs = 50;
/**
 * A child that lives a fifth of a millisecond after its exec must be met in that time to be known by its name: while
 * few are young, each look looks at those younger than this.
 */
const newProcessMs = 2;
const newProcessDelayMs = 0.1;
const fewProcesses = 16;
/** Reads in one look, so that births are never kept waiting. */
const maxReadsPerSample = 128;
/** Looking through all the young takes at most this share of the time. */
const maxScanShare = 0.1;

export type RecentProcessesOptions = {
  proc: ProcReader;
  table: TrackedProcesses;
  maxOpenStats: number;
  nowMs: () => number;
};
export type RecentProcesses = ReturnType<typeof createRecentProcesses>;

/** The processes born within the last second: followed through exec, their end noticed at once. */
export const createRecentProcesses = ({ proc, table, maxOpenStats, nowMs: ms }: RecentProcessesOptions) => {
  /** Oldest first. Those that ended hold no descriptor any more; they are swept out now and then. */
  let list: TrackedProcess[] = [];
  let toRecheck: TrackedProcess[] = [];
  let nextDueMs = Number.POSITIVE_INFINITY;
  let freeMs = 0;
  let from = 0;
  let limit = maxOpenStats;

  const release = (entry: TrackedProcess) => {
    if (entry.fd === noFd) return;
    proc.close(entry.fd);
    entry.fd = noFd;
  };

  const schedule = (entry: TrackedProcess, nowMs: number, stat: ProcStat) => {
    entry.backoffMs =
      entry.backoffMs === 0 ? minBackoffMs : Math.min(maxBackoffMs, entry.backoffMs * backoffFactor);
    if (isKernelThread(stat)) entry.backoffMs = maxBackoffMs;
    const hurry = awaitsExec(stat) && nowMs - entry.firstSeenMs < newProcessMs && list.length <= fewProcesses;
    if (hurry) entry.backoffMs = minBackoffMs;
    entry.nextReadMs = nowMs + (hurry ? newProcessDelayMs : entry.backoffMs);
    if (entry.nextReadMs < nextDueMs) nextDueMs = entry.nextReadMs;
  };

  return {
    /** When there is something to look at again, ms. */
    dueMs() {
      return toRecheck.length > 0 ? Number.NEGATIVE_INFINITY : nextDueMs;
    },

    add(entry: TrackedProcess, nowMs: number): void {
      if (limit === 0) {
        release(entry);
        return;
      }
      list.push(entry);
      if (list.length > limit) release(list.shift() as TrackedProcess);
      entry.backoffMs = minBackoffMs;
      entry.nextReadMs =
        nowMs + (entry.observed.awaitsExec && list.length <= fewProcesses ? newProcessDelayMs : minBackoffMs);
      if (entry.nextReadMs < nextDueMs) nextDueMs = entry.nextReadMs;
    },

    /** Its number was asked for and nobody was there. */
    recheck(entry: TrackedProcess): void {
      toRecheck.push(entry);
    },

    /** Give every descriptor back, and keep fewer from now on; false when there was none to give. */
    releaseAll(): boolean {
      if (list.length === 0) return false;
      limit = list.length >> 1;
      for (const entry of list) release(entry);
      list = [];
      return true;
    },

    /**
     * Look at those that are due, and, when `ended` tasks went away that nobody explained yet, at all until that many
     * ends are found, the oldest first: they have lived longest. Returns how many had ended.
     * @throws ProcError with nothing changed.
     */
    poll(
      ended: number,
      nowMs: number,
      nowNs: bigint,
      aliveBeforeMs: number,
    ): { found: number; all: boolean } {
      // A set: a suspect may be due as well.
      const gone = new Set<TrackedProcess>();
      const living: [TrackedProcess, ProcStat][] = [];
      const look = (entry: TrackedProcess) => {
        const stat = proc.readStat(entry.fd);
        if (stat === 'gone') gone.add(entry);
        else living.push([entry, stat]);
      };

      for (const entry of toRecheck) {
        if (table.get(entry.observed.pid) !== entry) continue;
        if (entry.fd !== noFd) look(entry);
        else if (proc.readProcess(entry.observed.pid) === 'gone') gone.add(entry);
      }
      const all = ended > 0 && nowMs >= freeMs;
      const startMs = all ? ms() : 0;
      const due = nowMs >= nextDueMs;
      let soonest = Number.POSITIVE_INFINITY;
      let reads = 0;
      let left = 0;
      if (all || due) {
        if (from >= list.length) from = 0;
        for (let step = 0; step < list.length; step++) {
          const entry = list[(from + step) % list.length] as TrackedProcess;
          if (entry.fd === noFd) {
            left++;
            continue;
          }
          const wanted = nowMs >= entry.nextReadMs || (all && gone.size < ended);
          if (wanted && reads < maxReadsPerSample) {
            reads++;
            look(entry);
          } else if (entry.nextReadMs < soonest) {
            soonest = entry.nextReadMs;
          }
        }
        from = reads < maxReadsPerSample ? 0 : from + reads;
        nextDueMs = soonest;
      }
      toRecheck = [];
      if (left > 16 && left * 2 > list.length) list = list.filter(({ fd }) => fd !== noFd);

      for (const [entry, stat] of living) {
        const windowNs = toNs(nowMs - entry.lastAliveMs);
        table.follow(entry, { stat, uid: entry.uid }, { nowNs, windowNs }, nowMs);
        if (entry.fd !== noFd) schedule(entry, nowMs, stat);
      }
      for (const entry of gone) {
        table.remove(entry, { nowNs, windowNs: toNs(nowMs - Math.max(entry.lastAliveMs, aliveBeforeMs)) });
      }
      if (all) {
        const endMs = ms();
        freeMs = endMs + (endMs - startMs) * (1 / maxScanShare - 1);
      }
      return { found: gone.size, all: all && reads < maxReadsPerSample };
    },

    /** Let go of those that are no longer young. */
    expire(nowMs: number): void {
      let old = 0;
      while (old < list.length) {
        const entry = list[old] as TrackedProcess;
        if (nowMs - entry.firstSeenMs < retainMs && entry.fd !== noFd) break;
        release(entry);
        old++;
      }
      if (old > 0) list = list.slice(old);
    },
  };
};
