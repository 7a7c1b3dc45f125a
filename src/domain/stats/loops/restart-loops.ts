import { type ExitStatus, isFailure } from '../../events/exit-status.ts';
import { type DelayTrend, findDelayPattern, maxDelays, meanOf, minDelays } from './delay-pattern.ts';
import {
  delaysOf,
  ExitStatuses,
  followTimer,
  followWallClock,
  periodsOf,
  type Run,
  startsLoops,
  varyLikeJobs,
} from './loop-evidence.ts';

/** A lifetime below this is short, in ns. A program that fails may run longer. */
const shortLifetimeNs = 10e9;
/** Maximum delay between an exit and the next spawn of a streak, in ns. */
const maxDelayNs = 600e9;
/** Maximum number of streaks per parent. */
const maxStreaksPerParent = 32;
/** Maximum number of loops; beyond it loops are evicted. */
const maxLoops = 256;

/** Number of runs without a pattern after which a loop is over. A missed run hides the pattern for some time. */
const maxIrregularRuns = 8;
/** A shorter delay is the time that any parent takes to spawn the next process, in ns. */
const minDelayNs = 20e6;
/** Minimum period of a loop without delays, in ns, unless the program fails. */
const minPromptPeriodNs = 500e6;
/** A loop of at most this many processes is dropped if it turns out to follow a timer. */
const maxDoubtfulCount = 16;
/** A loop is over if the next spawn takes this many periods, but at least this long, in ns. */
const overduePeriods = 4;
const minOverdueNs = 10e9;

/** A program that only waits. A parent that starts it waits between the runs of other programs. */
const sleepComm = 'sleep';

/** The process that restarts others, and the streaks of its children by comm. */
export type LoopParent = {
  key: string;
  /** The host of its guest. */
  host: string | undefined;
  lineage: readonly { pid: number; comm: string }[] | undefined;
  streaks: Map<string, Streak> | undefined;
};

/** A process that exited. Times are in ns, as numbers. */
export type ExitedProcess = {
  comm: string;
  parent: LoopParent;
  spawnNs: number;
  exitNs: number;
  /** Uncertainty of the exit: it may have been earlier by this much. */
  windowNs: number;
  /** Whether it was seen as a zombie. */
  wasZombie: boolean;
  /** Empty if it is unknown. */
  status: ExitStatus;
};

/** The last runs of a loop, when its pattern was found. */
type FoundPattern = {
  runs: readonly Run[];
  trend: DelayTrend;
  /** Whether there is no delay between the runs. */
  isPrompt: boolean;
};

/** A program that one parent starts again after a regular delay. */
export type RestartLoop = {
  comm: string;
  parent: Pick<LoopParent, 'key' | 'host' | 'lineage'>;
  /** Number of processes in the loop. */
  count: number;
  /** The pattern when the loop was found, and when it was last found again. */
  first: FoundPattern;
  last: FoundPattern;
  lastExitNs: number;
  /** The last exit status other than 0, of a program that fails. */
  failure: ExitStatus | undefined;
  /** Whether the program is known to succeed. */
  succeeds: boolean;
  /** Whether each run of the last pattern is known to have succeeded. */
  alwaysSucceeds: boolean;
  /** Whether the parent runs `sleep`, too. */
  parentSleeps: boolean;
  /** Whether the pattern continued until the last run. */
  isOpen: boolean;
};

/** Consecutive processes with the same comm and the same parent. */
export type Streak = {
  /** The last runs, at most eight. No two of them overlap. */
  runs: Run[];
  /** Uncertainty of the last exit. */
  windowNs: number;
  statuses: ExitStatuses;
  loop: RestartLoop | undefined;
  /** Number of runs since the pattern of `loop` was last found. */
  irregularRuns: number;
};

/**
 * Finds restart loops: a program that one parent starts again and again, after a delay that is constant, grows or
 * shrinks. The last eight runs count. docs/design/restart-loops.md describes the method.
 */
export class RestartLoops {
  #loops = new Set<RestartLoop>();
  #evicted = 0;

  /** Number of loops that were evicted. */
  get evicted(): number {
    return this.#evicted;
  }

  addExit(process: ExitedProcess): void {
    const { comm, parent, wasZombie, status, windowNs } = process;
    const streak = parent.streaks?.get(comm) ?? createStreak(parent, comm);
    if (comm === sleepComm) return;
    streak.statuses.add(status, wasZombie);
    if (!addRun(streak, process)) return;
    streak.windowNs = windowNs;
    const pattern = this.#findPattern(streak, process);
    if (pattern) this.#extendLoop(streak, pattern, process);
    else if (streak.loop && ++streak.irregularRuns > maxIrregularRuns) closeLoop(streak);
    if (streak.loop) streak.loop.lastExitNs = process.exitNs;
  }

  /** Returns the loops, longest first. */
  list(): RestartLoop[] {
    return [...this.#loops].toSorted((a, b) => b.count - a.count);
  }

  #findPattern(streak: Streak, { parent, windowNs }: ExitedProcess): FoundPattern | undefined {
    const { runs, statuses, loop } = streak;
    if (runs.length <= minDelays) return undefined;
    const isScripted = startsLoops(parent.lineage?.[0]?.comm);
    if (isScripted && !statuses.failing) return undefined;
    const delays = delaysOf(runs);
    const isPrompt = meanOf(delays) <= Math.max(minDelayNs, windowNs);
    if (isPrompt && isScripted) return undefined;
    const values = isPrompt ? periodsOf(runs) : delays;
    // Jobs of a build follow each other without a delay.
    if (isPrompt && !statuses.failing && meanOf(values) < minPromptPeriodNs) return undefined;
    const pattern = findDelayPattern(values, windowNs);
    if (!pattern) return undefined;
    if (isPrompt && !statuses.failing && varyLikeJobs(values, windowNs)) return undefined;
    const last = runs.slice(-pattern.length - 1);
    if (followTimer(last, windowNs)) {
      if (loop && loop.count <= maxDoubtfulCount) this.#dropLoop(streak, loop);
      return undefined;
    }
    if (!loop && followWallClock(last, windowNs)) return undefined;
    return { runs: last, trend: isPrompt ? 'constant' : pattern.trend, isPrompt };
  }

  #extendLoop(streak: Streak, found: FoundPattern, { comm, parent, exitNs }: ExitedProcess): void {
    const { statuses, loop } = streak;
    const current = {
      last: found,
      failure: statuses.failing ? statuses.last : undefined,
      succeeds: statuses.succeeding,
      alwaysSucceeds: statuses.haveSucceeded(found.runs.length),
      parentSleeps: parent.streaks?.has(sleepComm) ?? false,
    };
    if (loop) Object.assign(loop, current, { count: loop.count + streak.irregularRuns + 1 });
    else {
      const count = found.runs.length;
      streak.loop = { comm, parent, count, first: found, lastExitNs: exitNs, isOpen: true, ...current };
      this.#addLoop(streak.loop);
    }
    streak.irregularRuns = 0;
  }

  #dropLoop(streak: Streak, loop: RestartLoop): void {
    this.#loops.delete(loop);
    closeLoop(streak);
  }

  /** Adds a loop. Beyond `maxLoops` the one with the oldest exit is evicted. */
  #addLoop(added: RestartLoop): void {
    if (this.#loops.size >= maxLoops) {
      const [first] = this.#loops;
      let oldest = first as RestartLoop;
      for (const loop of this.#loops) if (loop.lastExitNs < oldest.lastExitNs) oldest = loop;
      this.#loops.delete(oldest);
      this.#evicted++;
    }
    this.#loops.add(added);
  }
}

/** Adds a run to a streak, or starts the streak again. Returns false if the run does not belong to it. */
const addRun = (streak: Streak, { spawnNs, exitNs, status }: ExitedProcess): boolean => {
  const { runs, windowNs, statuses, loop } = streak;
  const last = runs.at(-1);
  const isLong = exitNs - spawnNs >= shortLifetimeNs && !isFailure(status) && !statuses.failing;
  const overlaps = last !== undefined && (spawnNs < last.exitNs - windowNs || spawnNs < last.spawnNs);
  // A long-running instance is not the one that is restarted.
  if (overlaps && isLong) return false;
  const delayNs = last ? Math.max(0, spawnNs - last.exitNs) : 0;
  const isOverdue = delayNs > (loop ? overdueNs(runs) : maxDelayNs);
  // The clock starts again at each boot.
  const isOtherClock = last !== undefined && exitNs < last.exitNs;
  if (isLong || isOverdue || isOtherClock) closeLoop(streak);
  if (isLong || isOverdue || overlaps) runs.length = 0;
  if (isLong) return false;
  runs.push({ spawnNs, exitNs, delayNs: runs.length > 0 ? delayNs : 0 });
  if (runs.length > maxDelays + 1) runs.shift();
  return true;
};

/** Returns the delay from which on a loop is over. One or two missed runs do not end a loop. */
const overdueNs = (runs: readonly Run[]): number =>
  Math.max(minOverdueNs, overduePeriods * (periodsOf(runs).at(-1) ?? 0));

const closeLoop = (streak: Streak): void => {
  if (streak.loop) streak.loop.isOpen = false;
  streak.loop = undefined;
  streak.irregularRuns = 0;
};

const createStreak = (parent: LoopParent, comm: string): Streak => {
  parent.streaks ??= new Map();
  const { streaks } = parent;
  if (streaks.size >= maxStreaksPerParent) {
    const [oldest] = streaks;
    if (oldest) {
      closeLoop(oldest[1]);
      streaks.delete(oldest[0]);
    }
  }
  const streak: Streak = {
    runs: [],
    windowNs: 0,
    statuses: new ExitStatuses(),
    loop: undefined,
    irregularRuns: 0,
  };
  streaks.set(comm, streak);
  return streak;
};
