import { clockTickNs, type SampleTime } from '../../proc/lifecycle.ts';
import { countPidsBetween, previousPid } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { isThread } from '../../proc/stat.ts';
import { createPendingPids, type PendingPid } from './pending-pids.ts';
import type { PidCounts } from './pid-accounting.ts';
import { createPidProbe, type PidProbe } from './pid-probe.ts';
import type { RecentProcesses } from './recent-processes.ts';
import { isSameProcess, type TrackedProcess, type TrackedProcesses } from './tracked-processes.ts';

/** Numbers opened in one go before the cursor is read again: the newest are worth most, they may live yet. */
const maxNewPerSample = 64;
/** Numbers looked for again in one look. */
const maxRetriesPerSample = 64;
/** After a stall the cursor may have gone far. Beyond this many numbers nobody is asked; a walk finds the living. */
const maxQueuedPids = 8192;
/** Start times come in 10 ms steps and the boot offset is read in such steps too. */
const startTickTolerance = 2n;

export type PidResolverOptions = {
  proc: ProcReader;
  table: TrackedProcesses;
  young: RecentProcesses;
  accounts: PidCounts;
  bootOffsetNs: bigint;
};
export type PidResolver = ReturnType<typeof createPidResolver>;

/** Who bears the numbers the cursor passed: processes, threads, those that were there before, or nobody any more. */
export const createPidResolver = ({ proc, table, young, accounts, bootOffsetNs }: PidResolverOptions) => {
  const waiting = createPendingPids();

  const { probe, releaseAll } = createPidProbe({ proc, table, young });

  /** Take an answer into the books; false: nobody there (yet). */
  const resolve = (
    { pid, entry, exited, stat: held }: PidProbe,
    bornAfter: bigint,
    moment: SampleTime,
    nowMs: number,
  ): boolean => {
    if (held === 'stays') {
      accounts.alreadyInUse++;
      return true;
    }
    if (held === 'gone') {
      if (entry) young.recheck(entry);
      return false;
    }
    if (held === 'hidden') {
      if (entry && !exited) {
        table.markHidden(entry);
        accounts.alreadyInUse++;
      } else {
        if (entry) young.recheck(entry);
        // Process or thread, nobody may know; a walk that lists it will tell.
        accounts.missed++;
        waiting.abandon(pid);
      }
      return true;
    }
    const { stat } = held.snapshot;
    // Start times come in ticks: a number that goes round within one looks the same from outside.
    if (entry && !exited && isSameProcess(entry, stat)) {
      proc.close(held.fd);
      accounts.alreadyInUse++;
      return true;
    }
    // Somebody else bears the number now, so the one before is gone, and was before this one came.
    if (entry) table.remove(entry, moment);
    if (isThread(stat)) {
      proc.close(held.fd);
      const old = BigInt(stat.startTicks) < (bornAfter + bootOffsetNs) / clockTickNs - startTickTolerance;
      if (old) accounts.alreadyInUse++;
      else accounts.threads++;
      return true;
    }
    const born = table.meet(pid, held.snapshot, held.fd, moment, nowMs);
    young.add(born, nowMs);
    if (born.isOwnChild) accounts.ownChildren++;
    else accounts.processes++;
    return true;
  };

  const abandon = ({ pid }: { pid: number }) => {
    accounts.missed++;
    waiting.abandon(pid);
  };

  return {
    /** Numbers still being looked for. */
    pending() {
      return waiting.size();
    },
    /** There are numbers nobody has asked for yet. */
    hasBacklog() {
      return waiting.untried() > 0;
    },
    backlog() {
      return waiting.untried();
    },

    /**
     * The cursor went from `after` to `upto`. The newest numbers are opened at once, the others wait their turn.
     * @throws ProcError; nothing is changed then, and the same numbers can be asked for again.
     */
    cursorAdvanced(after: number, upto: number, pidMax: number, moment: SampleTime, nowMs: number): void {
      const allocatedAfterNs = moment.nowNs - (moment.windowNs ?? 0n);
      const count = countPidsBetween(after, upto, pidMax);
      const answers: PidProbe[] = [];
      let pid = upto;
      try {
        for (let index = 0; index < Math.min(count, maxNewPerSample); index++) {
          answers.push(probe(pid));
          pid = previousPid(pid, after, upto, pidMax);
        }
      } catch (error) {
        releaseAll(answers);
        throw error;
      }
      accounts.allocated += count;
      const unasked = Math.min(count, maxQueuedPids) - answers.length;
      accounts.missed += count - answers.length - unasked;
      if (count > maxQueuedPids) waiting.markSkipped();
      const older: PendingPid[] = [];
      for (let index = 0; index < unasked; index++) {
        older.push({ pid, attempts: 0, addedMs: nowMs, lastAttemptMs: 0, allocatedAfterNs });
        pid = previousPid(pid, after, upto, pidMax);
      }
      for (const dropped of waiting.add(older.reverse())) abandon(dropped);
      for (const answer of answers.reverse()) {
        // Waited for since the last round: whoever it was, the number has been handed on.
        if (waiting.dropPid(answer.pid)) abandon(answer);
        if (resolve(answer, allocatedAfterNs, moment, nowMs)) continue;
        const late = { pid: answer.pid, attempts: 1, addedMs: nowMs, lastAttemptMs: nowMs, allocatedAfterNs };
        for (const dropped of waiting.add([late])) abandon(dropped);
      }
    },

    /** Look again for numbers that nobody bore: the kernel hands them out a little before their bearer is visible. */
    retryPending(nowNs: bigint, nowMs: number): void {
      if (waiting.size() === 0) return;
      const tried = waiting.newestDue(maxRetriesPerSample, nowMs);
      for (const number of tried) {
        // A look for what is not there costs a third of an exception.
        const absent = !table.get(number.pid) && !proc.pidExists(number.pid);
        const answer: PidProbe | undefined = absent ? undefined : probe(number.pid);
        waiting.recordAttempt(number, nowMs);
        if (!answer) continue;
        const moment = { nowNs, windowNs: nowNs - number.allocatedAfterNs };
        if (resolve(answer, number.allocatedAfterNs, moment, nowMs)) waiting.drop(number);
      }
      for (const number of waiting.expire(nowMs)) abandon(number);
    },

    /** A process was found without the cursor's help: was its number on the books already? */
    late({ observed: { pid }, isOwnChild }: TrackedProcess): void {
      const known = waiting.dropPid(pid);
      if (!known && waiting.takeAbandoned(pid)) accounts.missed--;
      else if (!known) accounts.explicit++;
      if (isOwnChild) accounts.ownChildren++;
      else accounts.processes++;
    },
    /** Two audits are long enough to remember what was given up. */
    rotateAbandoned: () => waiting.rotateAbandoned(),
  };
};
