import type { Tally } from './tally.ts';

/** A life that ends within this is young, ns. */
export const youngNs = 10e9;
/** So many young lives in a row are a loop. */
export const loopLength = 5;
/** Lives further apart than this do not follow each other, ns. */
const longestPeriodNs = 600e9;
/** Names whose lives are followed under one parent, and loops that are remembered. */
const namesOfParent = 32;
const loopsHeld = 256;

/** Lives of one comm under one parent, one after the other, none overlapping. Times in ns, as numbers. */
export type Run = {
  comm: string;
  parent: Tally;
  /** Young lives in the row that goes on. */
  length: number;
  longest: number;
  /** Periods of the longest row: from birth to birth. */
  periodNs: number;
  firstBornNs: number;
  lastBornNs: number;
  lastEndNs: number;
  /** By how much the last end may have been earlier than it was seen. */
  slackNs: number;
};

export type EndedLife = {
  comm: string;
  parent: Tally;
  bornNs: number;
  endNs: number;
  windowNs: number;
};

/**
 * Restart loops: the same comm under the same parent, ending young again and again. Parallel children are none: a life
 * must begin after the one before has ended, as far as the sampler's windows tell.
 */
export class RestartLoops {
  #loops = new Map<Run, Run>();
  #forgotten = 0;

  /** Loops that are no longer held. */
  get forgotten(): number {
    return this.#forgotten;
  }

  ended({ comm, parent, bornNs, endNs, windowNs }: EndedLife): void {
    parent.runs ??= new Map();
    const run = parent.runs.get(comm) ?? this.#newRun(parent, comm);
    const follows = run.length > 0 && bornNs >= run.lastEndNs - run.slackNs && bornNs >= run.lastBornNs;
    const young = endNs - bornNs < youngNs;
    const near = bornNs - run.lastBornNs <= longestPeriodNs;
    if (!young) run.length = 0;
    else if (follows && near) run.length++;
    else {
      run.length = 1;
      run.firstBornNs = bornNs;
    }
    run.lastBornNs = bornNs;
    run.lastEndNs = endNs;
    run.slackNs = windowNs;
    if (run.length > run.longest) {
      run.longest = run.length;
      if (run.length > 1) run.periodNs = (run.lastBornNs - run.firstBornNs) / (run.length - 1);
    }
    if (run.length === loopLength) this.#hold(run);
  }

  /** Longest first. */
  list(): Run[] {
    return [...this.#loops.values()].toSorted((a, b) => b.longest - a.longest);
  }

  #newRun(parent: Tally, comm: string): Run {
    const runs = parent.runs as Map<string, Run>;
    if (runs.size >= namesOfParent) {
      const [oldest] = runs.keys();
      runs.delete(oldest as string);
    }
    const run: Run = {
      comm,
      parent,
      length: 0,
      longest: 0,
      periodNs: 0,
      firstBornNs: 0,
      lastBornNs: 0,
      lastEndNs: 0,
      slackNs: 0,
    };
    runs.set(comm, run);
    return run;
  }

  #hold(run: Run): void {
    this.#loops.set(run, run);
    if (this.#loops.size <= loopsHeld) return;
    let quietest = run;
    for (const held of this.#loops.values()) if (held.lastEndNs < quietest.lastEndNs) quietest = held;
    this.#loops.delete(quietest);
    this.#forgotten++;
  }
}
