import { isPidBetween, type PidCursor } from '../../proc/loadavg.ts';
import type { ProcReader } from '../../proc/reader.ts';
import { type SampleResult, type Sampler, type SamplerClock, toNs } from '../core/sampler.ts';
import { createErrorTracker } from '../core/transient-errors.ts';
import { openCursorReader } from './cursor-reader.ts';
import { createExitBalance } from './missing-exits.ts';
import { allocatedByGuest, createPidCounts } from './pid-accounting.ts';
import { createPidResolver } from './pid-resolver.ts';
import { createRecentProcesses } from './recent-processes.ts';
import { createRescan } from './rescan.ts';
import { createTrackedProcesses, noFd } from './tracked-processes.ts';
import { createWalk } from './walk.ts';
import { createWalkScheduler } from './walk-scheduler.ts';

/** So many untried numbers are cheaper told by one listing. */
const maxBacklog = 256;

export type CursorSamplerOptions = {
  proc: ProcReader;
  clock: SamplerClock;
  why: string;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  /** Children of this process are not churn of the guest. */
  ownPid: number | undefined;
  /** How many stat files may be held open. */
  maxOpenStats: number;
  /** The task count is this PID namespace's alone, so what it tells of ends is exact. */
  ownTaskCount: boolean;
  /** The proc root lists only this user's processes. */
  othersInvisible: boolean;
};

/** The cursor chase: see docs on capture. One look is one read as long as nothing happens. */
export const createCursorSampler = (options: CursorSamplerOptions): Sampler => {
  const {
    proc,
    clock,
    why,
    bootOffsetNs,
    ownPid,
    maxOpenStats,
    ownTaskCount,
    othersInvisible: ownProcessesOnly,
  } = options;
  const accounts = createPidCounts();
  const table = createTrackedProcesses({ proc, bootOffsetNs, ownPid });
  const young = createRecentProcesses({ proc, table, maxOpenStats, nowMs: clock.ms });
  const births = createPidResolver({ proc, table, young, accounts, bootOffsetNs });
  const owed = createExitBalance({ accounts, births, ownTaskCount });
  const elders = createRescan({ proc, table });
  const walk = createWalk({ proc, table, young, births });
  const plan = createWalkScheduler();
  const troubles = createErrorTracker(young.releaseAll);
  const { attempt } = troubles;
  const cursor = openCursorReader(proc, troubles);
  const last: PidCursor = { pid: 0, tasks: 0 };
  let discovered = false;
  let lastSampleMs = 0;
  /** When everybody known was last known to be alive. */
  let allAliveMs = 0;

  /** Everyone alive at the start. Who is born meanwhile is left to the cursor. */
  const discover = () => {
    if (!cursor.read()) return;
    cursor.readPidMax();
    const { pid: before, tasks } = cursor.now;
    const nowMs = clock.ms();
    const pids = proc.listPids();
    const after = cursor.read() ? cursor.now.pid : before;
    const readings = pids
      .filter((pid) => !isPidBetween(pid, before, after))
      .map((pid) => ({ pid, reading: proc.readProcess(pid) }));
    const moment = { nowNs: clock.now(), windowNs: undefined };
    for (const { pid, reading } of readings) {
      if (reading !== 'gone') table.meet(pid, reading, noFd, moment, nowMs);
    }
    last.pid = before;
    last.tasks = tasks;
    lastSampleMs = nowMs;
    allAliveMs = nowMs;
    walk.begin(nowMs);
    plan.start(nowMs);
    discovered = true;
  };

  const doWalk = (nowMs: number) => {
    const audit = plan.isAuditDue(nowMs);
    const done = attempt('walk', () =>
      walk.run(last.pid, () => (cursor.read() ? cursor.now.pid : last.pid), clock.now, clock.ms),
    );
    plan.recordWalk(nowMs, clock.ms(), audit);
    if (audit) {
      births.rotateAbandoned();
      cursor.readPidMax();
    }
    if (!done) return;
    plan.clearRequests();
    owed.reset();
  };

  /** What the two numbers say: who was born, how many ended. */
  const countersChanged = (nowMs: number): void => {
    plan.moved();
    const afterMs = clock.ms();
    const { pid, tasks } = cursor.now;
    const moment = { nowNs: clock.now(), windowNs: toNs(afterMs - lastSampleMs) };
    if (pid !== last.pid) {
      if (!attempt('births', () => births.cursorAdvanced(last.pid, pid, cursor.pidMax(), moment, afterMs)))
        return;
    }
    owed.countersRead(tasks - last.tasks);
    last.pid = pid;
    last.tasks = tasks;
    lastSampleMs = nowMs;
  };

  const pollRecent = (nowMs: number) => {
    attempt('young', () => {
      const aliveMs = ownTaskCount ? allAliveMs : 0;
      const { found, all } = young.poll(owed.unexplained(), nowMs, clock.now(), aliveMs);
      if (owed.exitsFound(found, all)) plan.requestWalk();
    });
  };

  return {
    mode: 'cursor',
    why,
    walkCostMs: undefined,

    sample(nowMs): SampleResult {
      if (!discovered) {
        attempt('discovery', discover);
        return 'quiet';
      }
      const readable = cursor.read();
      const born = readable && cursor.now.pid !== last.pid;
      if (born || (readable && cursor.now.tasks !== last.tasks)) countersChanged(nowMs);
      else if (readable) lastSampleMs = nowMs;

      if (births.pending() > 0) attempt('again', () => births.retryPending(clock.now(), clock.ms()));
      if (owed.shouldScan() || nowMs >= young.dueMs()) pollRecent(clock.ms());
      if (owed.unexplained() <= 0) allAliveMs = lastSampleMs;
      young.expire(nowMs);

      if (!readable || births.backlog() > maxBacklog) plan.requestWalk();
      if (plan.isDue(nowMs)) doWalk(clock.ms());
      if (nowMs >= elders.dueMs()) {
        attempt('elders', () => {
          if (elders.turn(nowMs, clock.now(), walk.walkedMs())) plan.requestWalk();
        });
      }
      if (births.hasBacklog()) return 'behind';
      return born ? 'moved' : 'quiet';
    },

    take: () => table.take(),
    counters: () => ({
      allocatedPids: allocatedByGuest(accounts),
      processesSeen: accounts.processes,
      threadsSeen: accounts.threads,
      missedTasks: accounts.missed,
      pendingPids: births.pending(),
      alive: table.size(),
      hiddenProcesses: table.hidden(),
      ownProcessesOnly,
      lastError: troubles.current(),
    }),
    close: () => {
      young.releaseAll();
      cursor.close();
    },
  };
};
