import type { PidCounts } from './pid-accounting.ts';
import type { PidResolver } from './pid-resolver.ts';

/** An end is counted a moment before or after it can be read: look twice before the old are suspected. */
const maxEmptyScans = 2;

export type ExitBalanceOptions = {
  accounts: PidCounts;
  births: PidResolver;
  /** The task count is this PID namespace's alone, so what it tells of ends is exact. */
  ownTaskCount: boolean;
};

/** What the task count says of ends: births less its change, less the ends found, is what went away otherwise. */
export const createExitBalance = ({ accounts, births, ownTaskCount }: ExitBalanceOptions) => {
  let owed = 0;
  let missedBefore = 0;
  let emptyScans = 0;
  const tasksSpawned = () => accounts.allocated - accounts.alreadyInUse;
  let spawnedBefore = tasksSpawned();

  /** A number that is waited for, or was in vain, explains one end: it came and went. */
  const unexplained = () => owed - births.pending() - (accounts.missed - missedBefore);

  return {
    /** Ends nobody has found yet. */
    unexplained() {
      return unexplained();
    },
    /** There is reason to look through the young. */
    shouldScan() {
      return emptyScans < maxEmptyScans && unexplained() > 0;
    },
    /** The two numbers were read, the births among them booked. */
    countersRead(tasksMore: number): void {
      owed += tasksSpawned() - spawnedBefore - tasksMore;
      spawnedBefore = tasksSpawned();
      // Births elsewhere hide ends here: then any change may have been one.
      if (!ownTaskCount && unexplained() < 1) owed += 1 - unexplained();
      emptyScans = 0;
    },
    /** So many ends were found; `all`: after looking through everyone young. True when it must have been others. */
    exitsFound(ends: number, all: boolean): boolean {
      owed -= ends;
      if (!all || unexplained() <= 0) return false;
      emptyScans++;
      return emptyScans >= maxEmptyScans;
    },
    /** A walk has found every end there was. */
    reset(): void {
      missedBefore = accounts.missed;
      owed = births.pending();
      emptyScans = 0;
    },
  };
};
