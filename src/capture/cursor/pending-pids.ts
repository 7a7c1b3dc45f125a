/** A number that nobody bore when it was asked for, or that nobody asked for yet. */
export type Waiting = {
  pid: number;
  /** How often it was asked for. */
  tries: number;
  sinceMs: number;
  triedMs: number;
  /** The look before it was handed out, CLOCK_MONOTONIC ns. */
  bornAfter: bigint;
};

/** The first time and three more: without these 1 to 2 % of long-lived children were missed, with them none. */
const mostTries = 4;
/** Looks without sleep in between are no patience. */
const betweenTriesMs = 0.15;
/** A number that could not be asked for in this time is left to the walks. */
const mostMs = 250;
const mostWaiting = 8192;

export type WaitingNumbers = ReturnType<typeof createWaiting>;

/** The numbers still looked for, newest last, and for a while those that were given up. */
export const createWaiting = () => {
  let list: Waiting[] = [];
  const byPid = new Map<number, Waiting>();
  let untried = 0;
  let givenUp = new Set<number>();
  let givenUpBefore = new Set<number>();
  let skipped = false;

  const isWaiting = (number: Waiting) => byPid.get(number.pid) === number;
  const drop = (number: Waiting) => {
    if (!isWaiting(number)) return;
    byPid.delete(number.pid);
    if (number.tries === 0) untried--;
  };

  return {
    size() {
      return byPid.size;
    },
    untried() {
      return untried;
    },
    /** Numbers were passed over wholesale: any unknown PID may be one of them. */
    skip(): void {
      skipped = true;
    },

    /** In order of birth. What had to make room comes back, and so does an older wait for the same number. */
    add(numbers: Waiting[]): Waiting[] {
      const out: Waiting[] = [];
      for (const number of numbers) {
        const older = byPid.get(number.pid);
        if (older) {
          drop(older);
          out.push(older);
        }
        byPid.set(number.pid, number);
        list.push(number);
        if (number.tries === 0) untried++;
      }
      return out.concat(this.shrink());
    },

    shrink(): Waiting[] {
      if (byPid.size <= mostWaiting) return [];
      list = list.filter(isWaiting);
      const out = list.slice(0, list.length - mostWaiting);
      list = list.slice(out.length);
      for (const number of out) drop(number);
      return out;
    },

    /** The newest that may be asked for now; say `tried` of each. */
    newest(limit: number, nowMs: number): Waiting[] {
      const out: Waiting[] = [];
      for (let index = list.length - 1; index >= 0 && out.length < limit; index--) {
        const number = list[index] as Waiting;
        if (!isWaiting(number)) continue;
        if (number.tries > 0 && nowMs - number.triedMs < betweenTriesMs) continue;
        out.push(number);
      }
      return out;
    },

    tried(number: Waiting, nowMs: number): void {
      if (number.tries === 0) untried--;
      number.tries++;
      number.triedMs = nowMs;
    },

    /** Those that were asked for often enough, or waited too long to be; they are dropped. */
    expire(nowMs: number): Waiting[] {
      const out: Waiting[] = [];
      const left: Waiting[] = [];
      for (const number of list) {
        if (!isWaiting(number)) continue;
        if (number.tries < mostTries && nowMs - number.sinceMs < mostMs) {
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

    giveUp(pid: number): void {
      if (givenUp.size < mostWaiting) givenUp.add(pid);
      else skipped = true;
    },
    wasGivenUp: (pid: number): boolean => givenUp.delete(pid) || givenUpBefore.delete(pid) || skipped,
    forget(): void {
      givenUpBefore = givenUp;
      givenUp = new Set();
      skipped = false;
    },
  };
};
