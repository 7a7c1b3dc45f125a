/** A PID that the counter passed and for which no task was found yet. */
export type PendingPid = {
  pid: number;
  /** How often it was probed. */
  attempts: number;
  addedMs: number;
  lastAttemptMs: number;
  /** The last sample before the PID was allocated, CLOCK_MONOTONIC ns. */
  allocatedAfterNs: bigint;
};

/** The first probe and three retries. Without retries, 1 to 2 % of long-lived children were missed. */
const maxAttempts = 4;
/** Minimum time between two attempts, ms: consecutive samples without sleep must not use up the retries. */
const minRetryDelayMs = 0.15;
/** A PID that was not resolved within this time, ms, is left to the walks. */
const maxPendingMs = 250;
const maxPending = 8192;

/** The PIDs that are not resolved yet, oldest first. Abandoned ones are kept for up to two audits. */
export class PendingPids {
  #list: PendingPid[] = [];
  readonly #byPid = new Map<number, PendingPid>();
  #untried = 0;
  #abandoned = new Set<number>();
  #abandonedBefore = new Set<number>();
  #skipped = false;

  get size(): number {
    return this.#byPid.size;
  }

  /** How many PIDs were not probed yet. */
  get untried(): number {
    return this.#untried;
  }

  /** Records that PIDs were skipped and not kept: any unknown PID may be one of them. */
  markSkipped(): void {
    this.#skipped = true;
  }

  /** Adds PIDs in order of allocation. @returns the entries that they displaced: the same PID, or the oldest ones. */
  add(pids: PendingPid[]): PendingPid[] {
    const displaced: PendingPid[] = [];
    for (const pending of pids) {
      const older = this.#byPid.get(pending.pid);
      if (older) {
        this.drop(older);
        displaced.push(older);
      }
      this.#byPid.set(pending.pid, pending);
      this.#list.push(pending);
      if (pending.attempts === 0) this.#untried++;
    }
    return displaced.concat(this.#shrink());
  }

  #shrink(): PendingPid[] {
    if (this.#byPid.size <= maxPending) return [];
    this.#list = this.#list.filter(this.#isPending);
    const oldest = this.#list.slice(0, this.#list.length - maxPending);
    this.#list = this.#list.slice(oldest.length);
    for (const pending of oldest) this.drop(pending);
    return oldest;
  }

  /** Returns up to `limit` PIDs that are due for a probe, newest first. Call `recordAttempt` for each. */
  newestDue(limit: number, nowMs: number): PendingPid[] {
    const due: PendingPid[] = [];
    for (let index = this.#list.length - 1; index >= 0 && due.length < limit; index--) {
      const pending = this.#list[index] as PendingPid;
      if (!this.#isPending(pending)) continue;
      if (pending.attempts > 0 && nowMs - pending.lastAttemptMs < minRetryDelayMs) continue;
      due.push(pending);
    }
    return due;
  }

  recordAttempt(pending: PendingPid, nowMs: number): void {
    if (pending.attempts === 0) this.#untried--;
    pending.attempts++;
    pending.lastAttemptMs = nowMs;
  }

  /** Drops and returns the PIDs that have used up their attempts or their time. */
  expire(nowMs: number): PendingPid[] {
    const expired: PendingPid[] = [];
    const kept: PendingPid[] = [];
    for (const pending of this.#list) {
      if (!this.#isPending(pending)) continue;
      if (pending.attempts < maxAttempts && nowMs - pending.addedMs < maxPendingMs) {
        kept.push(pending);
      } else {
        this.drop(pending);
        expired.push(pending);
      }
    }
    this.#list = kept;
    return expired;
  }

  drop(pending: PendingPid): void {
    if (!this.#isPending(pending)) return;
    this.#byPid.delete(pending.pid);
    if (pending.attempts === 0) this.#untried--;
  }

  /** Drops a PID. @returns whether it was pending. */
  dropPid(pid: number): boolean {
    const pending = this.#byPid.get(pid);
    if (pending) this.drop(pending);
    return pending !== undefined;
  }

  /** Records that a PID was counted as missed. */
  abandon(pid: number): void {
    if (this.#abandoned.size < maxPending) this.#abandoned.add(pid);
    else this.#skipped = true;
  }

  /** Removes an abandoned PID. Returns whether it was, or may have been, counted as missed. */
  takeAbandoned(pid: number): boolean {
    return this.#abandoned.delete(pid) || this.#abandonedBefore.delete(pid) || this.#skipped;
  }

  /** Removes the PIDs that were abandoned before the last call. */
  rotateAbandoned(): void {
    this.#abandonedBefore = this.#abandoned;
    this.#abandoned = new Set();
    this.#skipped = false;
  }

  readonly #isPending = (pending: PendingPid): boolean => this.#byPid.get(pending.pid) === pending;
}
