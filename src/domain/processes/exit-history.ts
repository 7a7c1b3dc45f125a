import { processKey } from '../events/process-id.ts';
import {
  addExits,
  addNewGroup,
  copyGroups,
  countAllExits,
  countGroups,
  type ExitGroup,
  type ExitGroups,
  emptyGroups,
} from './exit-groups.ts';
import type { ProcessOrigin } from './process-origin.ts';

/** The content of an `ExitHistory` as plain values: exit groups by the key of the parent. */
export type ExitHistorySnapshot = [parent: string, groups: ExitGroups][];

/** The exit of one process. */
export type ProcessExit = {
  origin: ProcessOrigin;
  comm: string;
  /** CLOCK_MONOTONIC ns. */
  atNs: bigint;
  lifetimeNs: bigint | undefined;
};

/** Where an exit is counted. */
export type ExitPlacement = {
  /** Key of the nearest living ancestor, or `noParent`. */
  parent: string;
  /** Names of the exited processes between that ancestor and the process, the ancestor's child first. */
  exitedBetween: readonly string[];
};

/** The parent key of processes whose parent is unknown: the kernel, another PID namespace, exited before the start. */
export const noParent = '';

/** Names counted separately per parent; beyond it the group that has been idle longest is merged into `others`. */
const maxGroupsPerParent = 24;
/** Generations of exited processes below a living one; deeper ones count at the last level. */
const maxDepth = 6;
/** Groups of all parents together, about 0.5 MB; beyond it new names count as `others`. */
const maxGroups = 2_048;

/**
 * Counts, for each living process, its exited children by name, and recursively the exited children of those. When a
 * process exits, its groups move to its parent, below its own name. A `make` that ran a hundred times thus still shows
 * the compilers it ran.
 */
export class ExitHistory {
  readonly #byParent = new Map<string, ExitGroups>();
  #size = 0;

  /** Number of groups of all parents. */
  get size(): number {
    return this.#size;
  }

  get(parent: string): ExitGroups | undefined {
    return this.#byParent.get(parent);
  }

  entries(): IterableIterator<[parent: string, groups: ExitGroups]> {
    return this.#byParent.entries();
  }

  recordExit(
    { origin, comm, atNs, lifetimeNs }: ProcessExit,
    { parent, exitedBetween }: ExitPlacement,
  ): void {
    const own = this.#byParent.get(processKey(origin));
    if (own) this.#byParent.delete(processKey(origin));
    const target = this.#groupAt(parent, [...exitedBetween.slice(0, maxDepth - 1), comm], atNs);
    if ('others' in target) {
      target.others += 1 + (own ? countAllExits(own) : 0);
      if (own) this.#size -= countGroups(own);
      return;
    }
    addExits(target, {
      count: 1,
      lastExitNs: atNs,
      shortestNs: lifetimeNs,
      longestNs: lifetimeNs,
      args: origin.nameHistory.args,
      argsVary: false,
    });
    if (own) this.#merge(target.exitGroups, own, Math.min(exitedBetween.length, maxDepth - 1) + 1);
  }

  snapshot(): ExitHistorySnapshot {
    return [...this.#byParent].map(([parent, groups]) => [parent, copyGroups(groups)]);
  }

  static restore(snapshot: ExitHistorySnapshot): ExitHistory {
    const history = new ExitHistory();
    for (const [parent, groups] of snapshot) {
      history.#byParent.set(parent, copyGroups(groups));
      history.#size += countGroups(groups);
    }
    return history;
  }

  clone(): ExitHistory {
    return ExitHistory.restore([...this.#byParent]);
  }

  /** Returns the group at a path of names, or the groups it would belong to if there is no room for it. */
  #groupAt(parent: string, path: readonly string[], atNs: bigint): ExitGroup | ExitGroups {
    let groups = this.#byParent.get(parent);
    if (!groups) {
      groups = emptyGroups();
      this.#byParent.set(parent, groups);
    }
    let found: ExitGroup | ExitGroups = groups;
    for (const comm of path) {
      const group: ExitGroup | undefined = groups.byComm.get(comm) ?? this.#addGroup(groups, comm, atNs);
      if (!group) return groups;
      groups = group.exitGroups;
      found = group;
    }
    return found;
  }

  #addGroup(groups: ExitGroups, comm: string, atNs: bigint): ExitGroup | undefined {
    if (groups.byComm.size >= maxGroupsPerParent) this.#evictOldest(groups);
    if (this.#size >= maxGroups) return undefined;
    this.#size++;
    return addNewGroup(groups, comm, atNs);
  }

  /** Merges the group with the oldest last exit into `others`. */
  #evictOldest(groups: ExitGroups): void {
    let oldest: ExitGroup | undefined;
    for (const group of groups.byComm.values())
      if (!oldest || group.lastExitNs < oldest.lastExitNs) oldest = group;
    if (!oldest) return;
    groups.byComm.delete(oldest.comm);
    groups.others += oldest.count + countAllExits(oldest.exitGroups);
    this.#size -= 1 + countGroups(oldest.exitGroups);
  }

  /** Moves all of `source` into `target`, which is `depth` generations below the living process. */
  #merge(target: ExitGroups, source: ExitGroups, depth: number): void {
    target.others += source.others;
    for (const group of source.byComm.values()) {
      const existing = target.byComm.get(group.comm);
      if (depth >= maxDepth) {
        target.others += group.count + countAllExits(group.exitGroups);
        this.#size -= 1 + countGroups(group.exitGroups);
      } else if (existing) {
        this.#size--;
        addExits(existing, group);
        this.#merge(existing.exitGroups, group.exitGroups, depth + 1);
      } else {
        if (target.byComm.size >= maxGroupsPerParent) this.#evictOldest(target);
        const moved = { ...group, exitGroups: emptyGroups() };
        target.byComm.set(group.comm, moved);
        this.#merge(moved.exitGroups, group.exitGroups, depth + 1);
      }
    }
  }
}
