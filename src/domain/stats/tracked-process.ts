import type { Name, Tally } from './group-stats.ts';

/** A living process, as the statistics know it. */
export type Life = {
  name: Name;
  startTicks: number | undefined;
  ppid: number | undefined;
  uid: number | undefined;
  bornNs: bigint;
  /** Its birth was not seen. */
  initial: boolean;
  zombie: boolean;
  /** The parent's lineage at birth; undefined until someone asks or if the parent was not known. */
  ancestors: readonly Name[] | undefined;
  /** Its own lineage, made when its first child needs it. */
  lineage: readonly Name[] | undefined;
  /** Where its children are counted. */
  brood: Tally | undefined;
  /** Where its parent's children are counted. */
  parent: Tally;
  /** Where it is counted; undefined while it does not pass the filter. */
  tallies: { comm: Tally; parent: Tally; user: Tally } | undefined;
  /** The parent that does not reap it. */
  zombieParent: Tally | undefined;
};

/** Ancestors kept of each process, itself included: ended ones do not pile up behind those who live. */
const lineageLength = 8;

/** Who is alive, by PID. Beyond `limit` the first come are forgotten and counted: a trace is not to be trusted. */
export class Ledger {
  readonly limit: number;
  #lives = new Map<number, Life>();
  #forgotten = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get forgotten(): number {
    return this.#forgotten;
  }

  get(pid: number): Life | undefined {
    return this.#lives.get(pid);
  }

  /** Gives the life that had to be forgotten for it. */
  add(life: Life): Life | undefined {
    let oldest: Life | undefined;
    if (this.#lives.size >= this.limit) {
      oldest = this.#lives.values().next().value;
      if (oldest) this.#lives.delete(oldest.name.pid);
      this.#forgotten++;
    }
    this.#lives.set(life.name.pid, life);
    return oldest;
  }

  delete(pid: number): void {
    this.#lives.delete(pid);
  }

  [Symbol.iterator](): IterableIterator<Life> {
    return this.#lives.values();
  }

  clear(): void {
    this.#lives.clear();
  }

  /** A process and its ancestors, nearest first. */
  lineageOf(life: Life, depth = 1): readonly Name[] {
    if (life.lineage) return life.lineage;
    // Discovery names a child before its parent where numbers have wrapped, so the parent may be known only now.
    if (!life.ancestors && depth < lineageLength) {
      const parent = life.ppid === undefined ? undefined : this.#lives.get(life.ppid);
      if (parent && parent !== life) life.ancestors = this.lineageOf(parent, depth + 1);
    }
    const lineage = [life.name, ...(life.ancestors ?? []).slice(0, lineageLength - 1)];
    // Cut short for being asked from deep below, it is made again when it is asked for itself.
    if (life.ancestors || depth === 1) life.lineage = lineage;
    return lineage;
  }
}
