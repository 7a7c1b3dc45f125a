/** A number that nobody bore when it was asked for, or that nobody asked for yet. */
export type PendingPid = {
  pid: number;
  /** How often it was asked for. */
  attempts: number;
  addedMs: number;
  lastAttemptMs: number;
  /** The look before it was handed out, CLOCK_MONOTONIC ns. */
  allocatedAfterNs: bigint;
};

/** The first time and three more: without these 1 to 2 % of long-lived children were missed, with them none. */
const maxAttempts = 4;
/** Looks without sleep in between are no patience. */
const minRetryDelayMs = 0.15;
/** A number that could not be asked for in this time is left to the walks. */
const maxPendingMs = 250;
const maxPending = 8192;

export type PendingPids = ReturnType<typeof createPendingPids>;

/** The numbers still looked for, newest last, and for a while those that were given up. */
export const createPendingPids = () => {
  let list: PendingPid[] = [];
  const byPid = new Map<number, PendingPid>();
  let untried = 0;
  let abandoned = new Set<number>();
  let abandonedBefore = new Set<number>();
  let skipped = false;

  const isPending = (number: PendingPid) => byPid.get(number.pid) === number;
  const drop = (number: PendingPid) => {
    if (!isPending(number)) return;
    byPid.delete(number.pid);
    if (number.attempts === 0) untried--;
  };

  return {
    size() {
      return byPid.size;
    },
    untried() {
      return untried;
    },
    /** Numbers were passed over wholesale: any unknown PID may be one of them. */
    markSkipped(): void {
      skipped = true;
    },

    /** In order of birth. What had to make room comes back, and so does an older wait for the same number. */
    add(numbers: PendingPid[]): PendingPid[] {
      const out: PendingPid[] = [];
      for (const number of numbers) {
        const older = byPid.get(number.pid);
        if (older) {
          drop(older);
          out.push(older);
        }
        byPid.set(number.pid, number);
        list.push(number);
        if (number.attempts === 0) untried++;
      }
      return out.concat(this.shrink());
    },

    shrink(): PendingPid[] {
      if (byPid.size <= maxPending) return [];
      list = list.filter(isPending);
      const out = list.slice(0, list.length - maxPending);
      list = list.slice(out.length);
      for (const number of out) drop(number);
      return out;
    },

    /** The newest that may be asked for now; say `tried` of each. */
    newestDue(limit: number, nowMs: number): PendingPid[] {
      const out: PendingPid[] = [];
      for (let index = list.length - 1; index >= 0 && out.length < limit; index--) {
        const number = list[index] as PendingPid;
        if (!isPending(number)) continue;
        if (number.attempts > 0 && nowMs - number.lastAttemptMs < minRetryDelayMs) continue;
        out.push(number);
      }
      return out;
    },

    recordAttempt(number: PendingPid, nowMs: number): void {
      if (number.attempts === 0) untried--;
      number.attempts++;
      number.lastAttemptMs = nowMs;
    },

    /** Those that were asked for often enough, or waited too long to be; they are dropped. */
    expire(nowMs: number): PendingPid[] {
      const out: PendingPid[] = [];
      const left: PendingPid[] = [];
      for (const number of list) {
        if (!isPending(number)) continue;
        if (number.attempts < maxAttempts && nowMs - number.addedMs < maxPendingMs) {
          left.push(number);
        } else {
          drop(number);
          out.push(number);
        }
      }
      list = left;
      return out;
    },

    drop,
    /** Somebody else found it. */
    dropPid(pid: number): boolean {
      const number = byPid.get(pid);
      if (number) drop(number);
      return number !== undefined;
    },

    abandon(pid: number): void {
      if (abandoned.size < maxPending) abandoned.add(pid);
      else skipped = true;
    },
    takeAbandoned: (pid: number): boolean => abandoned.delete(pid) || abandonedBefore.delete(pid) || skipped,
    rotateAbandoned(): void {
      abandonedBefore = abandoned;
      abandoned = new Set();
      skipped = false;
    },
  };
};
