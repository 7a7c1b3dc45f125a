import type { Proc } from '../../proc/reader.ts';
import { awaitsExec, isKernelThread, type ProcStat } from '../../proc/stat.ts';
import { toNs } from '../core/sampler.ts';
import { type Entry, none, type Table } from './tracked-processes.ts';

/** As long as its stat file is held open a process can be read for half the price, and its end is told by the read. */
const youngMs = 1000;
/** Looks for an exec after a fork: soon, then ever later, for half a second. */
const firstWaitMs = 0.5;
const waitGrowth = 1.5;
const longestWaitMs = 50;
/**
 * A child that lives a fifth of a millisecond after its exec must be met in that time to be known by its name: while
 * few are young, each look looks at those younger than this.
 */
const justBornMs = 2;
const nextLookMs = 0.1;
const few = 16;
/** Reads in one look, so that births are never kept waiting. */
const readsPerLook = 128;
/** Looking through all the young takes at most this share of the time. */
const share = 0.1;

export type YoungOptions = { proc: Proc; table: Table; mostHeld: number; ms: () => number };
export type Young = ReturnType<typeof createYoung>;

/** The processes born within the last second: followed through exec, their end noticed at once. */
export const createYoung = ({ proc, table, mostHeld, ms }: YoungOptions) => {
  /** Oldest first. Those that ended hold no descriptor any more; they are swept out now and then. */
  let list: Entry[] = [];
  let suspects: Entry[] = [];
  let nextDueMs = Number.POSITIVE_INFINITY;
  let freeMs = 0;
  let from = 0;
  let limit = mostHeld;

  const release = (entry: Entry) => {
    if (entry.fd === none) return;
    proc.release(entry.fd);
    entry.fd = none;
  };

  const schedule = (entry: Entry, nowMs: number, stat: ProcStat) => {
    entry.waitMs = entry.waitMs === 0 ? firstWaitMs : Math.min(longestWaitMs, entry.waitMs * waitGrowth);
    if (isKernelThread(stat)) entry.waitMs = longestWaitMs;
    const hurry = awaitsExec(stat) && nowMs - entry.bornMs < justBornMs && list.length <= few;
    if (hurry) entry.waitMs = firstWaitMs;
    entry.dueMs = nowMs + (hurry ? nextLookMs : entry.waitMs);
    if (entry.dueMs < nextDueMs) nextDueMs = entry.dueMs;
  };

  return {
    /** When there is something to look at again, ms. */
    dueMs() {
      return suspects.length > 0 ? Number.NEGATIVE_INFINITY : nextDueMs;
    },

    add(entry: Entry, nowMs: number): void {
      if (limit === 0) {
        release(entry);
        return;
      }
      list.push(entry);
      if (list.length > limit) release(list.shift() as Entry);
      entry.waitMs = firstWaitMs;
      entry.dueMs = nowMs + (entry.tracked.awaitsExec && list.length <= few ? nextLookMs : firstWaitMs);
      if (entry.dueMs < nextDueMs) nextDueMs = entry.dueMs;
    },

    /** Its number was asked for and nobody was there. */
    suspect(entry: Entry): void {
      suspects.push(entry);
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
    tend(
      ended: number,
      nowMs: number,
      nowNs: bigint,
      aliveBeforeMs: number,
    ): { found: number; all: boolean } {
      // A set: a suspect may be due as well.
      const gone = new Set<Entry>();
      const living: [Entry, ProcStat][] = [];
      const look = (entry: Entry) => {
        const stat = proc.reread(entry.fd);
        if (stat === 'gone') gone.add(entry);
        else living.push([entry, stat]);
      };

      for (const entry of suspects) {
        if (table.get(entry.tracked.pid) !== entry) continue;
        if (entry.fd !== none) look(entry);
        else if (proc.read(entry.tracked.pid) === 'gone') gone.add(entry);
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
          const entry = list[(from + step) % list.length] as Entry;
          if (entry.fd === none) {
            left++;
            continue;
          }
          const wanted = nowMs >= entry.dueMs || (all && gone.size < ended);
          if (wanted && reads < readsPerLook) {
            reads++;
            look(entry);
          } else if (entry.dueMs < soonest) {
            soonest = entry.dueMs;
          }
        }
        from = reads < readsPerLook ? 0 : from + reads;
        nextDueMs = soonest;
      }
      suspects = [];
      if (left > 16 && left * 2 > list.length) list = list.filter(({ fd }) => fd !== none);

      for (const [entry, stat] of living) {
        const windowNs = toNs(nowMs - entry.aliveMs);
        table.follow(entry, { stat, uid: entry.uid }, { nowNs, windowNs }, nowMs);
        if (entry.fd !== none) schedule(entry, nowMs, stat);
      }
      for (const entry of gone) {
        table.exit(entry, { nowNs, windowNs: toNs(nowMs - Math.max(entry.aliveMs, aliveBeforeMs)) });
      }
      if (all) {
        const endMs = ms();
        freeMs = endMs + (endMs - startMs) * (1 / share - 1);
      }
      return { found: gone.size, all: all && reads < readsPerLook };
    },

    /** Let go of those that are no longer young. */
    age(nowMs: number): void {
      let old = 0;
      while (old < list.length) {
        const entry = list[old] as Entry;
        if (nowMs - entry.bornMs < youngMs && entry.fd !== none) break;
        release(entry);
        old++;
      }
      if (old > 0) list = list.slice(old);
    },
  };
};
