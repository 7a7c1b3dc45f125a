/** A life that ends within this is young, ns. */
export const youngNs = 10e9;
/** Lives further apart than this do not follow each other, ns. */
const longestPeriodNs = 600e9;
/** Names whose lives are followed under one parent, and loops that are remembered. */
const namesOfParent = 32;
const loopsHeld = 256;

/** Births of a steady loop come at periods that vary by no more than this part of their mean (standard deviation). */
const steadiness = 0.25;
/** A loop that starts at once leaves no more than this part of its period between an end and the next birth. */
const promptness = 0.2;
/** Each period of a loop that backs off is at least this part of the one before. */
const growth = 0.9;

/** What makes a row of lives a loop and no coincidence: something starts it because it ended. */
export type LoopKind = 'steady' | 'prompt' | 'backing off';

/** So many young lives in a row are a loop: systemd gives up after five; a busy script runs a few by chance. */
const leastLength: Readonly<Record<LoopKind, number>> = { steady: 5, prompt: 12, 'backing off': 5 };
const shortest = Math.min(...Object.values(leastLength));

/** The process that restarts others, and the runs of each comm below it. */
export type LoopParent = {
  key: string;
  lineage: readonly { pid: number; comm: string }[] | undefined;
  runs: Map<string, Run> | undefined;
};

/** Lives of one comm under one parent, one after the other, none overlapping. Times in ns, as numbers. */
export type Run = {
  comm: string;
  parent: LoopParent;
  /** Young lives in the row that goes on. */
  length: number;
  /** Mean, and sum of squared distances from it, of its periods from birth to birth. */
  meanNs: number;
  squares: number;
  /** Between ends and next births, in all. */
  idleNs: number;
  lastPeriodNs: number;
  growing: boolean;
  lastBornNs: number;
  lastEndNs: number;
  /** By how much the last end may have been earlier than it was seen. */
  slackNs: number;
  /** The longest row that was a loop; undefined while none was. */
  loop: { kind: LoopKind; length: number; periodNs: number } | undefined;
};

export type EndedLife = {
  comm: string;
  parent: LoopParent;
  bornNs: number;
  endNs: number;
  windowNs: number;
};

const kindOf = ({ length, meanNs, squares, idleNs, growing }: Run): LoopKind | undefined => {
  const periods = length - 1;
  if (Math.sqrt(squares / periods) <= steadiness * meanNs) return 'steady';
  if (idleNs <= promptness * meanNs * periods) return 'prompt';
  return growing ? 'backing off' : undefined;
};

/**
 * Restart loops: the same comm under the same parent, ending young again and again. Parallel children are none: a life
 * must begin after the one before has ended, as far as the sampler's windows tell; nor are lives that follow each other
 * by chance, at any odd distance.
 */
export class RestartLoops {
  #loops = new Set<Run>();
  #forgotten = 0;

  /** Loops that are no longer held. */
  get forgotten(): number {
    return this.#forgotten;
  }

  ended({ comm, parent, bornNs, endNs, windowNs }: EndedLife): void {
    parent.runs ??= new Map();
    const run = parent.runs.get(comm) ?? this.#newRun(parent, comm);
    const follows = run.length > 0 && bornNs >= run.lastEndNs - run.slackNs && bornNs >= run.lastBornNs;
    const near = bornNs - run.lastBornNs <= longestPeriodNs;
    if (endNs - bornNs >= youngNs) run.length = 0;
    else if (follows && near) this.#extend(run, bornNs);
    else this.#restart(run);
    run.lastBornNs = bornNs;
    run.lastEndNs = endNs;
    run.slackNs = windowNs;
  }

  /** Longest first. */
  list(): Run[] {
    return [...this.#loops].toSorted((a, b) => (b.loop?.length ?? 0) - (a.loop?.length ?? 0));
  }

  #restart(run: Run): void {
    run.length = 1;
    run.meanNs = 0;
    run.squares = 0;
    run.idleNs = 0;
    run.lastPeriodNs = 0;
    run.growing = true;
  }

  #extend(run: Run, bornNs: number): void {
    const periodNs = bornNs - run.lastBornNs;
    const off = periodNs - run.meanNs;
    run.meanNs += off / run.length;
    run.squares += off * (periodNs - run.meanNs);
    run.idleNs += Math.max(0, bornNs - run.lastEndNs);
    run.growing &&= periodNs >= growth * run.lastPeriodNs;
    run.lastPeriodNs = periodNs;
    run.length++;
    if (run.length < shortest || run.length <= (run.loop?.length ?? 0)) return;
    const kind = kindOf(run);
    if (kind === undefined || run.length < leastLength[kind]) return;
    run.loop = { kind, length: run.length, periodNs: run.meanNs };
    this.#hold(run);
  }

  #newRun(parent: LoopParent, comm: string): Run {
    const runs = parent.runs as Map<string, Run>;
    if (runs.size >= namesOfParent) {
      const [oldest] = runs.keys();
      runs.delete(oldest as string);
    }
    const run: Run = {
      comm,
      parent,
      length: 0,
      meanNs: 0,
      squares: 0,
      idleNs: 0,
      lastPeriodNs: 0,
      growing: true,
      lastBornNs: 0,
      lastEndNs: 0,
      slackNs: 0,
      loop: undefined,
    };
    runs.set(comm, run);
    return run;
  }

  #hold(run: Run): void {
    this.#loops.add(run);
    if (this.#loops.size <= loopsHeld) return;
    let quietest = run;
    for (const held of this.#loops) if (held.lastEndNs < quietest.lastEndNs) quietest = held;
    this.#loops.delete(quietest);
    this.#forgotten++;
  }
}
