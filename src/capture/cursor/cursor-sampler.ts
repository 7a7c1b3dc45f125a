import { type Cursor, isBetween } from '../../proc/loadavg.ts';
import type { Proc } from '../../proc/reader.ts';
import { type Clock, type Look, type Sampler, toNs } from '../core/sampler.ts';
import { createTroubles } from '../core/transient-errors.ts';
import { openCursor } from './cursor-reader.ts';
import { createOwed } from './missing-exits.ts';
import { allocated, openAccounts } from './pid-accounting.ts';
import { createBirths } from './pid-resolver.ts';
import { createYoung } from './recent-processes.ts';
import { createElders } from './rescan.ts';
import { none, openTable } from './tracked-processes.ts';
import { createWalk } from './walk.ts';
import { createWalkPlan } from './walk-scheduler.ts';

/** So many untried numbers are cheaper told by one listing. */
const longBacklog = 256;

export type CursorSamplerOptions = {
  proc: Proc;
  clock: Clock;
  why: string;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  /** Children of this process are not churn of the guest. */
  ownPid: number | undefined;
  /** How many stat files may be held open. */
  mostHeld: number;
  /** The task count is this PID namespace's alone, so what it tells of ends is exact. */
  ownTaskCount: boolean;
  /** The proc root lists only this user's processes. */
  othersInvisible: boolean;
};

/** The cursor chase: see docs on capture. One look is one read as long as nothing happens. */
export const createCursorSampler = (options: CursorSamplerOptions): Sampler => {
  const { proc, clock, why, bootOffsetNs, ownPid, mostHeld, ownTaskCount, othersInvisible } = options;
  const accounts = openAccounts();
  const table = openTable({ proc, bootOffsetNs, ownPid });
  const young = createYoung({ proc, table, mostHeld, ms: clock.ms });
  const births = createBirths({ proc, table, young, accounts, bootOffsetNs });
  const owed = createOwed({ accounts, births, ownTaskCount });
  const elders = createElders({ proc, table });
  const walk = createWalk({ proc, table, young, births });
  const plan = createWalkPlan();
  const troubles = createTroubles(young.releaseAll);
  const { attempt } = troubles;
  const cursor = openCursor(proc, troubles);
  const last: Cursor = { pid: 0, tasks: 0 };
  let discovered = false;
  let lastLookMs = 0;
  /** When everybody known was last known to be alive. */
  let allAliveMs = 0;

  /** Everyone alive at the start. Who is born meanwhile is left to the cursor. */
  const discover = () => {
    if (!cursor.read()) return;
    cursor.readPidMax();
    const { pid: before, tasks } = cursor.now;
    const nowMs = clock.ms();
    const pids = proc.list();
    const after = cursor.read() ? cursor.now.pid : before;
    const readings = pids
      .filter((pid) => !isBetween(pid, before, after))
      .map((pid) => ({ pid, reading: proc.read(pid) }));
    const moment = { nowNs: clock.now(), windowNs: undefined };
    for (const { pid, reading } of readings) {
      if (reading !== 'gone') table.meet(pid, reading, none, moment, nowMs);
    }
    last.pid = before;
    last.tasks = tasks;
    lastLookMs = nowMs;
    allAliveMs = nowMs;
    walk.begin(nowMs);
    plan.begin(nowMs);
    discovered = true;
  };

  const doWalk = (nowMs: number) => {
    const audit = plan.isAuditDue(nowMs);
    const done = attempt('walk', () =>
      walk.run(last.pid, () => (cursor.read() ? cursor.now.pid : last.pid), clock.now, clock.ms),
    );
    plan.walked(nowMs, clock.ms(), audit);
    if (audit) {
      births.forget();
      cursor.readPidMax();
    }
    if (!done) return;
    plan.done();
    owed.settled();
  };

  /** What the two numbers say: who was born, how many ended. */
  const follow = (nowMs: number): void => {
    plan.moved();
    const afterMs = clock.ms();
    const { pid, tasks } = cursor.now;
    const moment = { nowNs: clock.now(), windowNs: toNs(afterMs - lastLookMs) };
    if (pid !== last.pid) {
      if (!attempt('births', () => births.passed(last.pid, pid, cursor.pidMax(), moment, afterMs))) return;
    }
    owed.counted(tasks - last.tasks);
    last.pid = pid;
    last.tasks = tasks;
    lastLookMs = nowMs;
  };

  const tendYoung = (nowMs: number) => {
    attempt('young', () => {
      const aliveMs = ownTaskCount ? allAliveMs : 0;
      const { found, all } = young.tend(owed.unexplained(), nowMs, clock.now(), aliveMs);
      if (owed.found(found, all)) plan.want();
    });
  };

  return {
    mode: 'cursor',
    why,
    walkCostMs: undefined,

    look(nowMs): Look {
      if (!discovered) {
        attempt('discovery', discover);
        return 'quiet';
      }
      const readable = cursor.read();
      const born = readable && cursor.now.pid !== last.pid;
      if (born || (readable && cursor.now.tasks !== last.tasks)) follow(nowMs);
      else if (readable) lastLookMs = nowMs;

      if (births.pending() > 0) attempt('again', () => births.again(clock.now(), clock.ms()));
      if (owed.wantsLook() || nowMs >= young.dueMs()) tendYoung(clock.ms());
      if (owed.unexplained() <= 0) allAliveMs = lastLookMs;
      young.age(nowMs);

      if (!readable || births.backlog() > longBacklog) plan.want();
      if (plan.isDue(nowMs)) doWalk(clock.ms());
      if (nowMs >= elders.dueMs()) {
        attempt('elders', () => {
          if (elders.turn(nowMs, clock.now(), walk.walkedMs())) plan.want();
        });
      }
      if (births.behind()) return 'behind';
      return born ? 'moved' : 'quiet';
    },

    take: () => table.take(),
    report: () => ({
      allocated: allocated(accounts),
      processesSeen: accounts.processes,
      threadsSeen: accounts.threads,
      unseen: accounts.unseen,
      pending: births.pending(),
      alive: table.size(),
      hidden: table.hidden(),
      othersInvisible,
      trouble: troubles.first(),
    }),
    close: () => {
      young.releaseAll();
      cursor.close();
    },
  };
};
