import { processKey } from '../events/process-id.ts';
import type { ProcessOrigin } from './ancestry.ts';

/** Children of one parent that ended under one name, and what they had spawned in turn. */
export type ExitGroup = {
  readonly comm: string;
  count: number;
  /** When the last of them was seen to be gone, CLOCK_MONOTONIC ns. */
  lastExitNs: bigint;
  shortestNs: bigint | undefined;
  longestNs: bigint | undefined;
  readonly exitGroups: ExitGroups;
};

export type ExitGroups = {
  /** By comm, in order of appearance. */
  readonly byComm: Map<string, ExitGroup>;
  /** Ended here or further below under names that are not told apart. */
  others: number;
};

/** Plain values: a brood by the key of its parent. */
export type ExitHistorySnapshot = [parent: string, brood: ExitGroups][];

/** The end of one process, as its parent counts it. */
export type ProcessExit = {
  origin: ProcessOrigin;
  comm: string;
  atNs: bigint;
  lifetimeNs: bigint | undefined;
};

/** Where an ended process is counted: the nearest living ancestor, and the names of those ended between, its child first. */
export type ExitPlacement = { parent: string; exitedBetween: readonly string[] };

/** Parents outside of what is seen: the kernel, another PID namespace, whoever ended before the start. */
export const noParent = '';

/** Names told apart among the ended children of one parent; beyond it the longest quiet one becomes untold. */
const maxGroupsPerParent = 24;
/** Generations of ended below a living one; what is deeper counts with the last. */
const maxDepth = 6;
/** Of all parents together; beyond it new names are untold. About 0.5 MB. */
const maxGroups = 2_048;

/**
 * The fold of exits into what each living process has spawned and seen end: children by name, and what those had
 * spawned. When a process ends its brood goes to its parent's, below its own name, so `make` that ran and ended a
 * hundred times still shows the compilers it ran.
 */
export class ExitHistory {
  readonly #byParent = new Map<string, ExitGroups>();
  #size = 0;

  /** How many kinds are held. */
  get size(): number {
    return this.#size;
  }

  get(parent: string): ExitGroups | undefined {
    return this.#byParent.get(parent);
  }

  /** Broods by the keys of their parents. */
  entries(): IterableIterator<[parent: string, brood: ExitGroups]> {
    return this.#byParent.entries();
  }

  recordExit(
    { origin, comm, atNs, lifetimeNs }: ProcessExit,
    { parent, exitedBetween }: ExitPlacement,
  ): void {
    const own = this.#byParent.get(processKey(origin));
    if (own) this.#byParent.delete(processKey(origin));
    const kind = this.#groupAt(parent, [...exitedBetween.slice(0, maxDepth - 1), comm], atNs);
    if ('others' in kind) {
      kind.others += 1 + (own ? countAllExits(own) : 0);
      if (own) this.#size -= countGroups(own);
      return;
    }
    addCounts(kind, { count: 1, lastExitNs: atNs, shortestNs: lifetimeNs, longestNs: lifetimeNs });
    if (own) this.#merge(kind.exitGroups, own, Math.min(exitedBetween.length, maxDepth - 1) + 1);
  }

  snapshot(): ExitHistorySnapshot {
    return [...this.#byParent].map(([parent, brood]) => [parent, copyGroups(brood)]);
  }

  static restore(snapshot: ExitHistorySnapshot): ExitHistory {
    const offspring = new ExitHistory();
    for (const [parent, brood] of snapshot) {
      offspring.#byParent.set(parent, copyGroups(brood));
      offspring.#size += countGroups(brood);
    }
    return offspring;
  }

  clone(): ExitHistory {
    return ExitHistory.restore([...this.#byParent]);
  }

  /** The last kind of a path, or, where there is no room for one, the brood it would have been of. */
  #groupAt(parent: string, path: readonly string[], atNs: bigint): ExitGroup | ExitGroups {
    let brood = this.#byParent.get(parent);
    if (!brood) {
      brood = emptyGroups();
      this.#byParent.set(parent, brood);
    }
    let at: ExitGroup | ExitGroups = brood;
    for (const comm of path) {
      const kind: ExitGroup | undefined = brood.byComm.get(comm) ?? this.#addGroup(brood, comm, atNs);
      if (!kind) return brood;
      brood = kind.exitGroups;
      at = kind;
    }
    return at;
  }

  #addGroup(brood: ExitGroups, comm: string, atNs: bigint): ExitGroup | undefined {
    if (brood.byComm.size >= maxGroupsPerParent) this.#evictOldest(brood);
    if (this.#size >= maxGroups) return undefined;
    const kind = { ...emptyCounts, comm, lastExitNs: atNs, exitGroups: emptyGroups() };
    brood.byComm.set(comm, kind);
    this.#size++;
    return kind;
  }

  #evictOldest(brood: ExitGroups): void {
    let quietest: ExitGroup | undefined;
    for (const kind of brood.byComm.values())
      if (!quietest || kind.lastExitNs < quietest.lastExitNs) quietest = kind;
    if (!quietest) return;
    brood.byComm.delete(quietest.comm);
    brood.others += quietest.count + countAllExits(quietest.exitGroups);
    this.#size -= 1 + countGroups(quietest.exitGroups);
  }

  /** All of `from` becomes part of `into`, which lies so many generations below the living. */
  #merge(into: ExitGroups, from: ExitGroups, depth: number): void {
    into.others += from.others;
    for (const kind of from.byComm.values()) {
      const known = into.byComm.get(kind.comm);
      if (depth >= maxDepth) {
        into.others += kind.count + countAllExits(kind.exitGroups);
        this.#size -= 1 + countGroups(kind.exitGroups);
      } else if (known) {
        this.#size--;
        addCounts(known, kind);
        this.#merge(known.exitGroups, kind.exitGroups, depth + 1);
      } else {
        if (into.byComm.size >= maxGroupsPerParent) this.#evictOldest(into);
        const moved = { ...kind, exitGroups: emptyGroups() };
        into.byComm.set(kind.comm, moved);
        this.#merge(moved.exitGroups, kind.exitGroups, depth + 1);
      }
    }
  }
}

/** How many children of it have ended, told apart or not. */
export const countExits = (brood: ExitGroups | undefined): number => {
  if (!brood) return 0;
  let sum = brood.others;
  for (const { count } of brood.byComm.values()) sum += count;
  return sum;
};

/** Those below it as well. */
const countAllExits = (brood: ExitGroups): number => {
  let sum = countExits(brood);
  for (const kind of brood.byComm.values()) sum += countAllExits(kind.exitGroups);
  return sum;
};

/** When the last of them ended. */
export const latestExitNs = (brood: ExitGroups | undefined): bigint | undefined => {
  let last: bigint | undefined;
  if (brood)
    for (const { lastExitNs } of brood.byComm.values())
      if (last === undefined || lastExitNs > last) last = lastExitNs;
  return last;
};

const emptyGroups = (): ExitGroups => ({ byComm: new Map(), others: 0 });
const emptyCounts = { count: 0, shortestNs: undefined, longestNs: undefined };

const addCounts = (
  kind: ExitGroup,
  more: Pick<ExitGroup, 'count' | 'lastExitNs' | 'shortestNs' | 'longestNs'>,
): void => {
  kind.count += more.count;
  if (more.lastExitNs > kind.lastExitNs) kind.lastExitNs = more.lastExitNs;
  if (more.shortestNs !== undefined && (kind.shortestNs === undefined || more.shortestNs < kind.shortestNs))
    kind.shortestNs = more.shortestNs;
  if (more.longestNs !== undefined && (kind.longestNs === undefined || more.longestNs > kind.longestNs))
    kind.longestNs = more.longestNs;
};

const countGroups = ({ byComm }: ExitGroups): number => {
  let size = byComm.size;
  for (const { exitGroups } of byComm.values()) size += countGroups(exitGroups);
  return size;
};

const copyGroups = ({ byComm, others }: ExitGroups): ExitGroups => ({
  byComm: new Map([...byComm].map(([comm, kind]) => [comm, { ...kind, brood: copyGroups(kind.exitGroups) }])),
  others,
});
