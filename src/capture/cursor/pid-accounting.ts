/**
 * Where every number went that the cursor handed out. At any moment
 * `candidates + chosen = alreadyThere + own + processes + threads + unseen + pending`,
 * where pending are the numbers still being looked for. Nothing is lost without being counted as unseen.
 */
export type Accounts = {
  /** Numbers the cursor passed. */
  candidates: number;
  /** Processes found by a walk that the cursor never showed: clone3 with a chosen PID, restored checkpoints. */
  chosen: number;
  /** Passed, but in use before: the cursor steps over them. */
  alreadyThere: number;
  /** Churntop's own children. */
  own: number;
  processes: number;
  threads: number;
  /** Never there to be opened: lives shorter than the gap between two looks, and forks that failed. */
  unseen: number;
};

export const openAccounts = (): Accounts => ({
  candidates: 0,
  chosen: 0,
  alreadyThere: 0,
  own: 0,
  processes: 0,
  threads: 0,
  unseen: 0,
});

/** Processes and threads born since the start, as far as the cursor and the walks tell; our own apart. */
export const allocated = ({ candidates, chosen, alreadyThere, own }: Accounts): number =>
  candidates + chosen - alreadyThere - own;
