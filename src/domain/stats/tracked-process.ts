import type { GroupStats, ProcessName } from './group-stats.ts';

/** A living process, as the statistics know it. */
export type TrackedProcess = {
  name: ProcessName;
  startTicks: number | undefined;
  ppid: number | undefined;
  uid: number | undefined;
  spawnNs: bigint;
  /** Its birth was not seen. */
  initial: boolean;
  zombie: boolean;
  /** The parent's lineage at birth; undefined until someone asks or if the parent was not known. */
  ancestors: readonly ProcessName[] | undefined;
  /** Its own lineage, made when its first child needs it. */
  lineage: readonly ProcessName[] | undefined;
  /** Where its children are counted. */
  childGroup: GroupStats | undefined;
  /** Where its parent's children are counted. */
  parentGroup: GroupStats;
  /** Where it is counted; undefined while it does not pass the filter. */
  groups: { comm: GroupStats; parent: GroupStats; user: GroupStats } | undefined;
  /** The parent that does not reap it. */
  zombieParentGroup: GroupStats | undefined;
};

/** Ancestors kept of each process, itself included: ended ones do not pile up behind those who live. */
const maxLineageLength = 8;

/** Who is alive, by PID. Beyond `limit` the first come are forgotten and counted: a trace is not to be trusted. */
export class ProcessIndex {
  readonly limit: number;
  #byPid = new Map<number, TrackedProcess>();
  #evicted = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get(pid: number): TrackedProcess | undefined {
    return this.#byPid.get(pid);
  }

  /** Gives the life that had to be forgotten for it. */
  add(life: TrackedProcess): TrackedProcess | undefined {
    let oldest: TrackedProcess | undefined;
    if (this.#byPid.size >= this.limit) {
      oldest = this.#byPid.values().next().value;
      if (oldest) this.#byPid.delete(oldest.name.pid);
      this.#evicted++;
    }
    this.#byPid.set(life.name.pid, life);
    return oldest;
  }

  delete(pid: number): void {
    this.#byPid.delete(pid);
  }

  [Symbol.iterator](): IterableIterator<TrackedProcess> {
    return this.#byPid.values();
  }

  clear(): void {
    this.#byPid.clear();
  }

  /** A process and its ancestors, nearest first. */
  lineageOf(life: TrackedProcess, depth = 1): readonly ProcessName[] {
    if (life.lineage) return life.lineage;
    // Discovery names a child before its parent where numbers have wrapped, so the parent may be known only now.
    if (!life.ancestors && depth < maxLineageLength) {
      const parent = life.ppid === undefined ? undefined : this.#byPid.get(life.ppid);
      if (parent && parent !== life) life.ancestors = this.lineageOf(parent, depth + 1);
    }
    const lineage = [life.name, ...(life.ancestors ?? []).slice(0, maxLineageLength - 1)];
    // Cut short for being asked from deep below, it is made again when it is asked for itself.
    if (life.ancestors || depth === 1) life.lineage = lineage;
    return lineage;
  }
}
