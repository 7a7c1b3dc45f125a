import type { GroupStats, ProcessName } from './group-stats.ts';
import type { Grouping } from './groups.ts';

/** A live process of the statistics. */
export type IndexedProcess = {
  name: ProcessName;
  startTicks: number | undefined;
  ppid: number | undefined;
  uid: number | undefined;
  /** The pattern of its command; the comm if its arguments are not known. */
  command: string;
  /** Path of its cgroup; undefined if it is not known. */
  cgroup: string | undefined;
  spawnNs: bigint;
  /** Whether its spawn was not seen. */
  initial: boolean;
  zombie: boolean;
  /** Whether its exit status was counted when it became a zombie. */
  statusCounted: boolean;
  /** Lineage of the parent at the spawn. Undefined until it is needed, or if the parent is not known. */
  ancestors: readonly ProcessName[] | undefined;
  /** The process and its ancestors, nearest first. Undefined until it is needed. */
  lineage: readonly ProcessName[] | undefined;
  /** The group of its children. */
  childGroup: GroupStats | undefined;
  /** The group of its parent's children. */
  parentGroup: GroupStats;
  /** The groups that count it; undefined while it does not match the filter. */
  groups: Readonly<Record<Grouping, GroupStats>> | undefined;
  /** Of a zombie: the group of the parent that does not reap it. */
  zombieParentGroup: GroupStats | undefined;
};

/** Maximum length of a lineage, so that ancestors that have exited do not accumulate. */
const maxLineageLength = 8;

/** The live processes by PID. Beyond `limit` the oldest is evicted, because a trace may be malformed. */
export class ProcessIndex {
  readonly limit: number;
  #byPid = new Map<number, IndexedProcess>();
  #evicted = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get evicted(): number {
    return this.#evicted;
  }

  get(pid: number): IndexedProcess | undefined {
    return this.#byPid.get(pid);
  }

  /** Adds a process. Returns the process that was evicted for it, if any. */
  add(process: IndexedProcess): IndexedProcess | undefined {
    let oldest: IndexedProcess | undefined;
    if (this.#byPid.size >= this.limit) {
      oldest = this.#byPid.values().next().value;
      if (oldest) this.#byPid.delete(oldest.name.pid);
      this.#evicted++;
    }
    this.#byPid.set(process.name.pid, process);
    return oldest;
  }

  delete(pid: number): void {
    this.#byPid.delete(pid);
  }

  [Symbol.iterator](): IterableIterator<IndexedProcess> {
    return this.#byPid.values();
  }

  clear(): void {
    this.#byPid.clear();
  }

  /** Clears the lineages that end below `ancestor`, which was added later. Returns the processes that had them. */
  clearLineagesBelow(ancestor: IndexedProcess): IndexedProcess[] {
    const cleared: IndexedProcess[] = [];
    for (const process of this.#byPid.values()) {
      const last = process.lineage?.at(-1);
      if (!last || process === ancestor || this.#byPid.get(last.pid)?.ppid !== ancestor.name.pid) continue;
      cleared.push(process);
    }
    for (const process of cleared) {
      process.lineage = undefined;
      process.ancestors = undefined;
    }
    return cleared;
  }

  /** Returns a process and its ancestors, nearest first. `depth` is the recursion depth, from 1. */
  lineageOf(process: IndexedProcess, depth = 1): readonly ProcessName[] {
    if (process.lineage) return process.lineage;
    // A discovery lists a child before its parent if PIDs have wrapped, so the parent may have been added since.
    if (!process.ancestors && depth < maxLineageLength) {
      const parent = process.ppid === undefined ? undefined : this.#byPid.get(process.ppid);
      if (parent && parent !== process) process.ancestors = this.lineageOf(parent, depth + 1);
    }
    const lineage = [process.name, ...(process.ancestors ?? []).slice(0, maxLineageLength - 1)];
    // A lineage that was cut off at the maximum depth is not cached.
    if (process.ancestors || depth === 1) process.lineage = lineage;
    return lineage;
  }
}
