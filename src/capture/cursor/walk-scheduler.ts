/** Each second a whole listing is held against what is known: an audit. */
const auditIntervalMs = 1000;
/**
 * While neither number moved since the last one, nobody was born or reaped, but for a birth with a chosen number and an
 * end that cancel out in the task count between two looks. That may wait a little longer, and 5,000 idle processes cost nothing.
 */
const idleAuditIntervalMs = 5000;
/** Walks in between, for ends and births that need one, take at most this share of the time. */
const maxWalkShare = 0.01;

/** When to list the directory: a walk costs as much as there are processes, so it is spaced by its own cost. */
export const createWalkScheduler = () => {
  let auditDueMs = 0;
  let restingDueMs = 0;
  let freeMs = 0;
  let moved = false;
  let wanted = false;

  const isAuditDue = (nowMs: number) => nowMs >= (moved ? auditDueMs : restingDueMs);

  return {
    /** All is known as of now. */
    start(nowMs: number): void {
      auditDueMs = nowMs + auditIntervalMs;
      restingDueMs = nowMs + idleAuditIntervalMs;
    },
    /** One of the two numbers did. */
    moved(): void {
      moved = true;
    },
    /** There is something that only a walk can tell. */
    requestWalk(): void {
      wanted = true;
    },
    isAuditDue,
    isDue: (nowMs: number): boolean => isAuditDue(nowMs) || (wanted && nowMs >= freeMs),
    /** A walk took from `startMs` to `endMs`; `audit`: it was one that was due. */
    recordWalk(startMs: number, endMs: number, audit: boolean): void {
      freeMs = endMs + (endMs - startMs) / maxWalkShare;
      if (!audit) return;
      auditDueMs = Math.max(startMs + auditIntervalMs, freeMs);
      restingDueMs = startMs + idleAuditIntervalMs;
    },
    /** It came to its end, and so answered all there was to ask. */
    clearRequests(): void {
      moved = false;
      wanted = false;
    },
  };
};
