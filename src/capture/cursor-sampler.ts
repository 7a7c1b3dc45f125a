import { type Cursor, isBetween, parseCursor } from '../proc/cursor.ts';
import { isOutOfDescriptors, isPassing, ProcError } from '../proc/errors.ts';
import type { Proc } from '../proc/reader.ts';
import { allocated, openAccounts } from './accounts.ts';
import { createBirths } from './births.ts';
import { type Clock, toNs } from './clock.ts';
import { createElders } from './elders.ts';
import { createOwed } from './owed.ts';
import type { Look, Sampler } from './sampler.ts';
import { none, openTable } from './table.ts';
import { createWalk } from './walk.ts';
import { createYoung } from './young.ts';

/** Each second a whole listing is held against what is known; less often while neither number has moved since. */
const auditMs = 1000;
const restingAuditMs = 5000;
/** Walks in between, for ends and births that need one, take at most this share of the time. */
const walkShare = 0.01;
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
  const loadavg = proc.open('loadavg');
  const cursor: Cursor = { pid: 0, tasks: 0 };
  const last: Cursor = { pid: 0, tasks: 0 };
  const troubles = new Map<string, string>();
  let pidMax = 0;
  let discovered = false;
  let lastLookMs = 0;
  /** When everybody known was last known to be alive. */
  let allAliveMs = 0;
  let auditDueMs = 0;
  let restingAuditDueMs = 0;
  let changed = false;
  let walkFreeMs = 0;
  let walkWanted = false;

  /** A sweep that fails for want of something changes nothing and is reported. */
  const attempt = (sweep: string, run: () => void): boolean => {
    try {
      run();
      if (troubles.size > 0) troubles.delete(sweep);
      return true;
    } catch (error) {
      if (!isPassing(error)) throw error;
      if (isOutOfDescriptors(error)) young.releaseAll();
      troubles.set(sweep, `${error.message} (${error.path}${error.code ? `, ${error.code}` : ''})`);
      return false;
    }
  };

  /** Without its cursor the sampler goes on by walking, and comes back to it. */
  const readCursor = (): boolean => {
    try {
      if (parseCursor(proc.buffer, proc.fill(loadavg), cursor)) {
        if (troubles.size > 0) troubles.delete('cursor');
        return true;
      }
      troubles.set('cursor', 'loadavg tells no PID');
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      troubles.set('cursor', `${error.message} (loadavg, ${error.code})`);
    }
    return false;
  };

  const readPidMax = () => {
    try {
      pidMax = Number(proc.text('sys/kernel/pid_max'));
    } catch (error) {
      if (!(error instanceof ProcError)) throw error;
      // Only a wrap needs it: what it was, or the default of small machines unless numbers beyond it were seen.
      if (pidMax === 0) pidMax = Math.max(32768, cursor.pid + 1);
    }
  };

  /** Everyone alive at the start. Who is born meanwhile is left to the cursor. */
  const discover = () => {
    if (!readCursor()) return;
    readPidMax();
    const { pid: before, tasks } = cursor;
    const nowMs = clock.ms();
    const pids = proc.list();
    const after = readCursor() ? cursor.pid : before;
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
    auditDueMs = nowMs + auditMs;
    restingAuditDueMs = nowMs + restingAuditMs;
    discovered = true;
  };

  const isAuditDue = (nowMs: number) => nowMs >= (changed ? auditDueMs : restingAuditDueMs);

  const doWalk = (nowMs: number) => {
    const audit = isAuditDue(nowMs);
    const startMs = clock.ms();
    const done = attempt('walk', () =>
      walk.run(last.pid, () => (readCursor() ? cursor.pid : last.pid), clock.now, clock.ms),
    );
    const endMs = clock.ms();
    walkFreeMs = endMs + (endMs - startMs) / walkShare;
    if (audit) {
      auditDueMs = Math.max(nowMs + auditMs, walkFreeMs);
      restingAuditDueMs = nowMs + restingAuditMs;
      births.forget();
      readPidMax();
    }
    if (!done) return;
    changed = false;
    walkWanted = false;
    owed.settled();
  };

  /** What the two numbers say: who was born, how many ended. */
  const follow = (nowMs: number): void => {
    changed = true;
    const afterMs = clock.ms();
    const { pid, tasks } = cursor;
    const moment = { nowNs: clock.now(), windowNs: toNs(afterMs - lastLookMs) };
    if (pid !== last.pid) {
      if (!attempt('births', () => births.passed(last.pid, pid, pidMax, moment, afterMs))) return;
    }
    owed.counted(tasks - last.tasks);
    last.pid = pid;
    last.tasks = tasks;
    lastLookMs = nowMs;
  };

  const tendYoung = (nowMs: number) => {
    attempt('young', () => {
      const aliveMs = ownTaskCount ? allAliveMs : 0;
      const { found, all } = young.tend(owed.unexplained, nowMs, clock.now(), aliveMs);
      if (owed.found(found, all)) walkWanted = true;
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
      const readable = readCursor();
      const born = readable && cursor.pid !== last.pid;
      if (born || (readable && cursor.tasks !== last.tasks)) follow(nowMs);
      else if (readable) lastLookMs = nowMs;

      if (births.pending > 0) attempt('again', () => births.again(clock.now(), clock.ms()));
      if (owed.wantsLook || nowMs >= young.dueMs) tendYoung(clock.ms());
      if (owed.unexplained <= 0) allAliveMs = lastLookMs;
      young.age(nowMs);

      if (!readable || births.backlog > longBacklog) walkWanted = true;
      if (isAuditDue(nowMs) || (walkWanted && nowMs >= walkFreeMs)) doWalk(nowMs);
      if (nowMs >= elders.dueMs) {
        attempt('elders', () => {
          if (elders.turn(nowMs, clock.now(), walk.walkedMs)) walkWanted = true;
        });
      }
      if (births.behind) return 'behind';
      return born ? 'moved' : 'quiet';
    },

    take: () => table.take(),
    report: () => ({
      allocated: allocated(accounts),
      processesSeen: accounts.processes,
      threadsSeen: accounts.threads,
      unseen: accounts.unseen,
      pending: births.pending,
      alive: table.size,
      hidden: table.hidden,
      othersInvisible,
      trouble: troubles.values().next().value,
    }),
    close: () => {
      young.releaseAll();
      proc.release(loadavg);
    },
  };
};
