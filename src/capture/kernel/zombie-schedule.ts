import type { KernelProcess, PendingExit } from './kernel-processes.ts';

/** A zombie whose parent may have changed is checked after this time, ms. */
const recheckMs = 1;
/**
 * Zombies are checked at intervals from 2 ms, which grow up to 250 ms. With this factor, an interval is 2 ms and an eighth
 * of the time since the process was reported as a zombie.
 */
export const firstDelayMs = 2;
const delayGrowth = 1.125;
const maxDelayMs = 250;
/** At most this many zombies are checked at once. */
const maxChecks = 32;
/** The time to the next checks, ms: at least this, and this for each zombie that was checked, which is 2 % of a core. */
const minScanIntervalMs = 2;
const msPerCheck = 0.125;

/** When each zombie is checked. All of them are passed in turn, a few at once. */
export class ZombieSchedule {
  /** Some were reaped since the pass began. */
  #zombies: KernelProcess[] = [];
  #nextCheckMs = Number.POSITIVE_INFINITY;
  /** How many zombies the current pass has visited, and when the next of them is due. */
  #visited = 0;
  #passDueMs = Number.POSITIVE_INFINITY;
  #nextScanMs = 0;

  /** When the next zombie is checked, ms. */
  get dueMs(): number {
    return this.#zombies.length > 0
      ? Math.max(this.#nextCheckMs, this.#nextScanMs)
      : Number.POSITIVE_INFINITY;
  }

  /** Adds a process that was just seen as a zombie. */
  add(process: KernelProcess, exit: PendingExit, nowMs: number): void {
    exit.lastZombieMs = nowMs;
    this.#checkAt(exit, nowMs + exit.delayMs);
    this.#zombies.push(process);
  }

  /** Checks a zombie soon, because its parent has exited: the new parent may reap it at once. */
  expedite(exit: PendingExit, nowMs: number): void {
    exit.isReaperStale = true;
    this.#checkAt(exit, nowMs + recheckMs);
  }

  /** Calls `check` for the zombies that are due, up to the bound. It removes the exit of a zombie that was reaped. */
  scan(nowMs: number, check: (process: KernelProcess, exit: PendingExit, nowMs: number) => void): void {
    if (nowMs < this.dueMs) return;
    const list = this.#zombies;
    let checks = 0;
    for (; this.#visited < list.length && checks < maxChecks; this.#visited++) {
      const process = list[this.#visited] as KernelProcess;
      if (process.exit && nowMs >= process.exit.nextCheckMs) {
        checks++;
        check(process, process.exit, nowMs);
      }
      if (process.exit) this.#passDueMs = Math.min(this.#passDueMs, process.exit.nextCheckMs);
    }
    this.#nextScanMs = nowMs + Math.max(minScanIntervalMs, checks * msPerCheck);
    if (this.#visited < list.length) return;
    this.#zombies = list.filter(({ exit }) => exit);
    this.#nextCheckMs = this.#passDueMs;
    this.#visited = 0;
    this.#passDueMs = Number.POSITIVE_INFINITY;
  }

  #checkAt(exit: PendingExit, atMs: number): void {
    exit.nextCheckMs = atMs;
    this.#nextCheckMs = Math.min(this.#nextCheckMs, atMs);
  }
}

/** Delays the next check of a process that is still a zombie. */
export const delayNextCheck = (exit: PendingExit, nowMs: number): void => {
  exit.lastZombieMs = nowMs;
  exit.delayMs = Math.min(maxDelayMs, exit.delayMs * delayGrowth);
  exit.nextCheckMs = nowMs + exit.delayMs;
};
