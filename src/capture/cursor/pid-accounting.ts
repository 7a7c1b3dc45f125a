/**
 * Where every number went that the cursor handed out. At any moment
 * `candidates + chosen = alreadyThere + own + processes + threads + unseen + pending`,
 * where pending are the numbers still being looked for. Nothing is lost without being counted as unseen.
 */
export type PidCounts = {
  /** Numbers the cursor passed. */
  allocated: number;
  /** Processes found by a walk that the cursor never showed: clone3 with a chosen PID, restored checkpoints. */
  explicit: number;
  /** Passed, but in use before: the cursor steps over them. */
  alreadyInUse: number;
  /** Churntop's own children. */
  ownChildren: number;
  processes: number;
  threads: number;
  /** Never there to be opened: lives shorter than the gap between two looks, and forks that failed. */
  missed: number;
};

export const createPidCounts = (): PidCounts => ({
  allocated: 0,
  explicit: 0,
  alreadyInUse: 0,
  ownChildren: 0,
  processes: 0,
  threads: 0,
  missed: 0,
});

/** Processes and threads born since the start, as far as the cursor and the walks tell; our own apart. */
export const allocatedByGuest = ({ allocated, explicit, alreadyInUse, ownChildren }: PidCounts): number =>
  allocated + explicit - alreadyInUse - ownChildren;
