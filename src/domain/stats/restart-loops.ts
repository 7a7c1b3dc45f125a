/** A life that ends within this is young, ns. */
export const shortLifetimeNs = 10e9;
/** Lives further apart than this do not follow each other, ns. */
const maxPeriodNs = 600e9;
/** Names whose lives are followed under one parent, and loops that are remembered. */
const maxStreaksPerParent = 32;
const maxLoops = 256;

/** Births of a steady loop come at periods that vary by no more than this part of their mean (standard deviation). */
const maxPeriodDeviation = 0.25;
/** A loop that starts at once leaves no more than this part of its period between an end and the next birth. */
const maxIdleShare = 0.2;
/** Each period of a loop that backs off is at least this part of the one before. */
const minPeriodGrowth = 0.9;

/** What makes a row of lives a loop and no coincidence: something starts it because it ended. */
export type LoopKind = 'steady' | 'prompt' | 'backing off';

/** So many young lives in a row are a loop: systemd gives up after five; a busy script runs a few by chance. */
const minLengths: Readonly<Record<LoopKind, number>> = { steady: 5, prompt: 12, 'backing off': 5 };
const minLength = Math.min(...Object.values(minLengths));

/** The process that restarts others, and the runs of each comm below it. */
export type LoopParent = {
  key: string;
  lineage: readonly { pid: number; comm: string }[] | undefined;
  streaks: Map<string, Streak> | undefined;
};

/** Lives of one comm under one parent, one after the other, none overlapping. Times in ns, as numbers. */
export type Streak = {
  comm: string;
  parent: LoopParent;
  /** Young lives in the row that goes on. */
  length: number;
  /** Mean, and sum of squared distances from it, of its periods from birth to birth. */
  meanPeriodNs: number;
  squaredDeviations: number;
  /** Between ends and next births, in all. */
  idleNs: number;
  lastPeriodNs: number;
  growing: boolean;
  lastSpawnNs: number;
  lastExitNs: number;
  /** By how much the last end may have been earlier than it was seen. */
  exitWindowNs: number;
  /** The longest row that was a loop; undefined while none was. */
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
 * Restart loops: the same comm under the same parent, ending young again and again. Parallel children are none: a life
 * must begin after the one before has ended, as far as the sampler's windows tell; nor are lives that follow each other
 * by chance, at any odd distance.
 */
export class RestartLoops {
  #loops = new Set<Streak>();
  #evicted = 0;

  /** Loops that are no longer held. */
  get evicted(): number {
    return this.#evicted;
  }

  addExit({ comm, parent, spawnNs, exitNs, windowNs }: ExitedProcess): void {
    parent.streaks ??= new Map();
    const run = parent.streaks.get(comm) ?? this.#newStreak(parent, comm);
    const follows =
      run.length > 0 && spawnNs >= run.lastExitNs - run.exitWindowNs && spawnNs >= run.lastSpawnNs;
    const near = spawnNs - run.lastSpawnNs <= maxPeriodNs;
    if (exitNs - spawnNs >= shortLifetimeNs) run.length = 0;
    else if (follows && near) this.#extend(run, spawnNs);
    else this.#restart(run);
    run.lastSpawnNs = spawnNs;
    run.lastExitNs = exitNs;
    run.exitWindowNs = windowNs;
  }

  /** Longest first. */
  list(): Streak[] {
    return [...this.#loops].toSorted((a, b) => (b.loop?.length ?? 0) - (a.loop?.length ?? 0));
  }

  #restart(run: Streak): void {
    run.length = 1;
    run.meanPeriodNs = 0;
    run.squaredDeviations = 0;
    run.idleNs = 0;
    run.lastPeriodNs = 0;
    run.growing = true;
  }

  #extend(run: Streak, bornNs: number): void {
    const periodNs = bornNs - run.lastSpawnNs;
    const off = periodNs - run.meanPeriodNs;
    run.meanPeriodNs += off / run.length;
    run.squaredDeviations += off * (periodNs - run.meanPeriodNs);
    run.idleNs += Math.max(0, bornNs - run.lastExitNs);
    run.growing &&= periodNs >= minPeriodGrowth * run.lastPeriodNs;
    run.lastPeriodNs = periodNs;
    run.length++;
    if (run.length < minLength || run.length <= (run.loop?.length ?? 0)) return;
    const kind = kindOf(run);
    if (kind === undefined || run.length < minLengths[kind]) return;
    run.loop = { kind, length: run.length, periodNs: run.meanPeriodNs };
    this.#retain(run);
  }

  #newStreak(parent: LoopParent, comm: string): Streak {
    const runs = parent.streaks as Map<string, Streak>;
    if (runs.size >= maxStreaksPerParent) {
      const [oldest] = runs.keys();
      runs.delete(oldest as string);
    }
    const run: Streak = {
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
    runs.set(comm, run);
    return run;
  }

  #retain(run: Streak): void {
    this.#loops.add(run);
    if (this.#loops.size <= maxLoops) return;
    let quietest = run;
    for (const held of this.#loops) if (held.lastExitNs < quietest.lastExitNs) quietest = held;
    this.#loops.delete(quietest);
    this.#evicted++;
  }
}
