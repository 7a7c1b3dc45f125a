import { type Moment, tickNs } from '../../proc/lifecycle.ts';
import { numbersBetween, previousNumber } from '../../proc/loadavg.ts';
import type { Proc } from '../../proc/reader.ts';
import { isThread } from '../../proc/stat.ts';
import { createWaiting, type Waiting } from './pending-pids.ts';
import type { Accounts } from './pid-accounting.ts';
import { type Answer, createBearers } from './pid-probe.ts';
import type { Young } from './recent-processes.ts';
import { type Entry, isSame, type Table } from './tracked-processes.ts';

/** Numbers opened in one go before the cursor is read again: the newest are worth most, they may live yet. */
const freshPerLook = 64;
/** Numbers looked for again in one look. */
const againPerLook = 64;
/** After a stall the cursor may have gone far. Beyond this many numbers nobody is asked; a walk finds the living. */
const mostNumbers = 8192;
/** Start times come in 10 ms steps and the boot offset is read in such steps too. */
const slackTicks = 2n;

export type BirthsOptions = {
  proc: Proc;
  table: Table;
  young: Young;
  accounts: Accounts;
  bootOffsetNs: bigint;
};
export type Births = ReturnType<typeof createBirths>;

/** Who bears the numbers the cursor passed: processes, threads, those that were there before, or nobody any more. */
export const createBirths = ({ proc, table, young, accounts, bootOffsetNs }: BirthsOptions) => {
  const waiting = createWaiting();

  const { ask, letGo } = createBearers({ proc, table, young });

  /** Take an answer into the books; false: nobody there (yet). */
  const settle = (
    { pid, entry, ended, held }: Answer,
    bornAfter: bigint,
    moment: Moment,
    nowMs: number,
  ): boolean => {
    if (held === 'stays') {
      accounts.alreadyThere++;
      return true;
    }
    if (held === 'gone') {
      if (entry) young.suspect(entry);
      return false;
    }
    if (held === 'hidden') {
      if (entry && !ended) {
        table.hide(entry);
        accounts.alreadyThere++;
      } else {
        if (entry) young.suspect(entry);
        // Process or thread, nobody may know; a walk that lists it will tell.
        accounts.unseen++;
        waiting.giveUp(pid);
      }
      return true;
    }
    const { stat } = held.seen;
    // Start times come in ticks: a number that goes round within one looks the same from outside.
    if (entry && !ended && isSame(entry, stat)) {
      proc.release(held.fd);
      accounts.alreadyThere++;
      return true;
    }
    // Somebody else bears the number now, so the one before is gone, and was before this one came.
    if (entry) table.exit(entry, moment);
    if (isThread(stat)) {
      proc.release(held.fd);
      const old = BigInt(stat.startTicks) < (bornAfter + bootOffsetNs) / tickNs - slackTicks;
      if (old) accounts.alreadyThere++;
      else accounts.threads++;
      return true;
    }
    const born = table.meet(pid, held.seen, held.fd, moment, nowMs);
    young.add(born, nowMs);
    if (born.own) accounts.own++;
    else accounts.processes++;
    return true;
  };

  const giveUp = ({ pid }: { pid: number }) => {
    accounts.unseen++;
    waiting.giveUp(pid);
  };

  return {
    /** Numbers still being looked for. */
    pending() {
      return waiting.size();
    },
    /** There are numbers nobody has asked for yet. */
    behind() {
      return waiting.untried() > 0;
    },
    backlog() {
      return waiting.untried();
    },

    /**
     * The cursor went from `after` to `upto`. The newest numbers are opened at once, the others wait their turn.
     * @throws ProcError; nothing is changed then, and the same numbers can be asked for again.
     */
    passed(after: number, upto: number, pidMax: number, moment: Moment, nowMs: number): void {
      const bornAfter = moment.nowNs - (moment.windowNs ?? 0n);
      const count = numbersBetween(after, upto, pidMax);
      const answers: Answer[] = [];
      let pid = upto;
      try {
        for (let index = 0; index < Math.min(count, freshPerLook); index++) {
          answers.push(ask(pid));
          pid = previousNumber(pid, after, upto, pidMax);
        }
      } catch (error) {
        letGo(answers);
        throw error;
      }
      accounts.candidates += count;
      const unasked = Math.min(count, mostNumbers) - answers.length;
      accounts.unseen += count - answers.length - unasked;
      if (count > mostNumbers) waiting.skip();
      const older: Waiting[] = [];
      for (let index = 0; index < unasked; index++) {
        older.push({ pid, tries: 0, sinceMs: nowMs, triedMs: 0, bornAfter });
        pid = previousNumber(pid, after, upto, pidMax);
      }
      for (const dropped of waiting.add(older.reverse())) giveUp(dropped);
      for (const answer of answers.reverse()) {
        // Waited for since the last round: whoever it was, the number has been handed on.
        if (waiting.dropPid(answer.pid)) giveUp(answer);
        if (settle(answer, bornAfter, moment, nowMs)) continue;
        const late = { pid: answer.pid, tries: 1, sinceMs: nowMs, triedMs: nowMs, bornAfter };
        for (const dropped of waiting.add([late])) giveUp(dropped);
      }
    },

    /** Look again for numbers that nobody bore: the kernel hands them out a little before their bearer is visible. */
    again(nowNs: bigint, nowMs: number): void {
      if (waiting.size() === 0) return;
      const tried = waiting.newest(againPerLook, nowMs);
      for (const number of tried) {
        // A look for what is not there costs a third of an exception.
        const absent = !table.get(number.pid) && !proc.exists(number.pid);
        const answer: Answer | undefined = absent ? undefined : ask(number.pid);
        waiting.tried(number, nowMs);
        if (!answer) continue;
        const moment = { nowNs, windowNs: nowNs - number.bornAfter };
        if (settle(answer, number.bornAfter, moment, nowMs)) waiting.drop(number);
      }
      for (const number of waiting.expire(nowMs)) giveUp(number);
    },

    /** A process was found without the cursor's help: was its number on the books already? */
    late({ tracked: { pid }, own }: Entry): void {
      const known = waiting.dropPid(pid);
      if (!known && waiting.wasGivenUp(pid)) accounts.unseen--;
      else if (!known) accounts.chosen++;
      if (own) accounts.own++;
      else accounts.processes++;
    },
    /** Two audits are long enough to remember what was given up. */
    forget: () => waiting.forget(),
  };
};
