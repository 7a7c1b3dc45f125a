/** An audit compares a full listing with the tracked processes, once per second. */
const auditIntervalMs = 1000;
/**
 * While neither loadavg number changes, only an exit and a spawn with an explicit PID between two samples stay
 * undetected. Audits are rarer then, so that 5,000 idle processes cost almost nothing.
 */
const idleAuditIntervalMs = 5000;
/** Walks between audits, requested for missing exits and PIDs, take at most this share of the time. */
const maxWalkShare = 0.01;

/** Decides when to walk /proc. The cost of a walk grows with the process count, so it is spaced by its duration. */
export class WalkScheduler {
  #auditDueMs = 0;
  #idleAuditDueMs = 0;
  /** When the next requested walk is allowed. */
  #nextWalkMs = 0;
  #changed = false;
  #requested = false;

  /** Starts the audit intervals, after discovery. */
  start(nowMs: number): void {
    this.#auditDueMs = nowMs + auditIntervalMs;
    this.#idleAuditDueMs = nowMs + idleAuditIntervalMs;
  }

  /** Records that one of the loadavg numbers changed. */
  recordChange(): void {
    this.#changed = true;
  }

  requestWalk(): void {
    this.#requested = true;
  }

  isAuditDue(nowMs: number): boolean {
    return nowMs >= (this.#changed ? this.#auditDueMs : this.#idleAuditDueMs);
  }

  isDue(nowMs: number): boolean {
    return this.isAuditDue(nowMs) || (this.#requested && nowMs >= this.#nextWalkMs);
  }

  /** Spaces the next walks by the duration of the last one. `audit`: whether it was due as an audit. */
  recordWalk(startMs: number, endMs: number, audit: boolean): void {
    this.#nextWalkMs = endMs + (endMs - startMs) / maxWalkShare;
    if (!audit) return;
    this.#auditDueMs = Math.max(startMs + auditIntervalMs, this.#nextWalkMs);
    this.#idleAuditDueMs = startMs + idleAuditIntervalMs;
  }

  /** Clears the pending requests, after a walk that succeeded. */
  clearRequests(): void {
    this.#changed = false;
    this.#requested = false;
  }
}
