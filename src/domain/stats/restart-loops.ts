/** A shorter lifetime is short, in ns. */
export const shortLifetimeNs = 10e9;
/** Maximum time between two spawns of a streak, in ns. */
const maxPeriodNs = 600e9;
/** Maximum number of streaks per parent. */
const maxStreaksPerParent = 32;
/** Maximum number of loops that are retained. */
const maxLoops = 256;

/** Of a steady loop: maximum standard deviation of the period, as a share of the mean. */
const maxPeriodDeviation = 0.25;
/** Of a prompt loop: maximum share of time between an exit and the next spawn. */
const maxIdleShare = 0.2;
/** Of a loop that backs off: minimum ratio of a period to the one before. */
const minPeriodGrowth = 0.9;

/** The pattern of a restart loop. A streak without a pattern is a coincidence. */
export type LoopKind = 'steady' | 'prompt' | 'backing off';

/** Minimum streak length of a loop. systemd gives up after five restarts; a busy script spawns a few by chance. */
const minLengths: Readonly<Record<LoopKind, number>> = { steady: 5, prompt: 12, 'backing off': 5 };
const minLength = Math.min(...Object.values(minLengths));

/** The process that restarts others, and the streaks of its children by comm. */
export type LoopParent = {
  key: string;
  lineage: readonly { pid: number; comm: string }[] | undefined;
  streaks: Map<string, Streak> | undefined;
};

/** Consecutive processes of one comm under one parent. Times are in ns, as numbers. */
export type Streak = {
  comm: string;
  parent: LoopParent;
  /** Number of consecutive short-lived processes so far. */
  length: number;
  /** Mean of the periods from spawn to spawn, and the sum of their squared deviations from it. */
  meanPeriodNs: number;
  squaredDeviations: number;
  /** Total time between an exit and the next spawn. */
  idleNs: number;
  lastPeriodNs: number;
  /** Whether no period was clearly shorter than the one before. */
  growing: boolean;
  lastSpawnNs: number;
  lastExitNs: number;
  /** Uncertainty of the last exit: it may have been earlier by this much. */
  exitWindowNs: number;
  /** The longest loop of the streak; undefined if there was none. */
  loop: { kind: LoopKind; length: number; periodNs: number } | undefined;
};

export type ExitedProcess = {
  comm: string;
  parent: LoopParent;
  spawnNs: number;
  exitNs: number;
  windowNs: number;
};

const kindOf = ({
  length,
  meanPeriodNs,
  squaredDeviations,
  idleNs,
  growing,
}: Streak): LoopKind | undefined => {
  const periods = length - 1;
  if (Math.sqrt(squaredDeviations / periods) <= maxPeriodDeviation * meanPeriodNs) return 'steady';
  if (idleNs <= maxIdleShare * meanPeriodNs * periods) return 'prompt';
  return growing ? 'backing off' : undefined;
};

/**
 * Finds restart loops: short-lived processes of one comm under one parent, one after the other, in a regular pattern. A
 * process continues a streak only if it was spawned after the previous exit, within the accuracy of the samples.
 */
export class RestartLoops {
  #loops = new Set<Streak>();
  #evicted = 0;

  /** Number of loops that are no longer retained. */
  get evicted(): number {
    return this.#evicted;
  }

  addExit({ comm, parent, spawnNs, exitNs, windowNs }: ExitedProcess): void {
    parent.streaks ??= new Map();
    const streak = parent.streaks.get(comm) ?? this.#newStreak(parent, comm);
    const isAfterExit =
      streak.length > 0 &&
      spawnNs >= streak.lastExitNs - streak.exitWindowNs &&
      spawnNs >= streak.lastSpawnNs;
    const isNear = spawnNs - streak.lastSpawnNs <= maxPeriodNs;
    if (exitNs - spawnNs >= shortLifetimeNs) streak.length = 0;
    else if (isAfterExit && isNear) this.#extend(streak, spawnNs);
    else this.#restart(streak);
    streak.lastSpawnNs = spawnNs;
    streak.lastExitNs = exitNs;
    streak.exitWindowNs = windowNs;
  }

  /** Returns the streaks with a loop, longest first. */
  list(): Streak[] {
    return [...this.#loops].toSorted((a, b) => (b.loop?.length ?? 0) - (a.loop?.length ?? 0));
  }

  #restart(streak: Streak): void {
    streak.length = 1;
    streak.meanPeriodNs = 0;
    streak.squaredDeviations = 0;
    streak.idleNs = 0;
    streak.lastPeriodNs = 0;
    streak.growing = true;
  }

  #extend(streak: Streak, spawnNs: number): void {
    const periodNs = spawnNs - streak.lastSpawnNs;
    // Welford's algorithm.
    const deviationNs = periodNs - streak.meanPeriodNs;
    streak.meanPeriodNs += deviationNs / streak.length;
    streak.squaredDeviations += deviationNs * (periodNs - streak.meanPeriodNs);
    streak.idleNs += Math.max(0, spawnNs - streak.lastExitNs);
    streak.growing &&= periodNs >= minPeriodGrowth * streak.lastPeriodNs;
    streak.lastPeriodNs = periodNs;
    streak.length++;
    if (streak.length < minLength || streak.length <= (streak.loop?.length ?? 0)) return;
    const kind = kindOf(streak);
    if (kind === undefined || streak.length < minLengths[kind]) return;
    streak.loop = { kind, length: streak.length, periodNs: streak.meanPeriodNs };
    this.#retain(streak);
  }

  #newStreak(parent: LoopParent, comm: string): Streak {
    const streaks = parent.streaks as Map<string, Streak>;
    if (streaks.size >= maxStreaksPerParent) {
      const [oldest] = streaks.keys();
      streaks.delete(oldest as string);
    }
    const streak: Streak = {
      comm,
      parent,
      length: 0,
      meanPeriodNs: 0,
      squaredDeviations: 0,
      idleNs: 0,
      lastPeriodNs: 0,
      growing: true,
      lastSpawnNs: 0,
      lastExitNs: 0,
      exitWindowNs: 0,
      loop: undefined,
    };
    streaks.set(comm, streak);
    return streak;
  }

  /** Adds a loop. Beyond `maxLoops` the one with the oldest exit is evicted. */
  #retain(streak: Streak): void {
    this.#loops.add(streak);
    if (this.#loops.size <= maxLoops) return;
    let oldest = streak;
    for (const loop of this.#loops) if (loop.lastExitNs < oldest.lastExitNs) oldest = loop;
    this.#loops.delete(oldest);
    this.#evicted++;
  }
}
