import type { Accounts } from './pid-accounting.ts';
import type { Births } from './pid-resolver.ts';

/** An end is counted a moment before or after it can be read: look twice before the old are suspected. */
const mostDry = 2;

export type OwedOptions = {
  accounts: Accounts;
  births: Births;
  /** The task count is this PID namespace's alone, so what it tells of ends is exact. */
  ownTaskCount: boolean;
};

/** What the task count says of ends: births less its change, less the ends found, is what went away otherwise. */
export const createOwed = ({ accounts, births, ownTaskCount }: OwedOptions) => {
  let owed = 0;
  let unseenBefore = 0;
  let dry = 0;
  const born = () => accounts.candidates - accounts.alreadyThere;
  let bornBefore = born();

  /** A number that is waited for, or was in vain, explains one end: it came and went. */
  const unexplained = () => owed - births.pending() - (accounts.unseen - unseenBefore);

  return {
    /** Ends nobody has found yet. */
    unexplained() {
      return unexplained();
    },
    /** There is reason to look through the young. */
    wantsLook() {
      return dry < mostDry && unexplained() > 0;
    },
    /** The two numbers were read, the births among them booked. */
    counted(tasksMore: number): void {
      owed += born() - bornBefore - tasksMore;
      bornBefore = born();
      // Births elsewhere hide ends here: then any change may have been one.
      if (!ownTaskCount && unexplained() < 1) owed += 1 - unexplained();
      dry = 0;
    },
    /** So many ends were found; `all`: after looking through everyone young. True when it must have been others. */
    found(ends: number, all: boolean): boolean {
      owed -= ends;
      if (!all || unexplained() <= 0) return false;
      dry++;
      return dry >= mostDry;
    },
    /** A walk has found every end there was. */
    settled(): void {
      unseenBefore = accounts.unseen;
      owed = births.pending();
      dry = 0;
    },
  };
};
