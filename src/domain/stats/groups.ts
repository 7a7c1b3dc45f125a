import { evictInto, GroupStats, type ProcessName } from './group-stats.ts';

export const otherKey = '(other)';

/** Tallies by key, no more than `limit`: the least recently active fall together into one and are counted. */
export class BoundedGroups {
  readonly limit: number;
  readonly other = new GroupStats(otherKey);
  #byKey = new Map<string, GroupStats>();
  #evicted = 0;

  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit ${limit}`);
    this.limit = limit;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** How many keys fell into `(other)`; one that came back and fell again counts again. */
  get evicted(): number {
    return this.#evicted;
  }

  find(key: string): GroupStats | undefined {
    return this.#byKey.get(key);
  }

  findOrCreate(key: string, lineage?: readonly ProcessName[]): GroupStats {
    const known = this.#byKey.get(key);
    if (known) return known;
    if (this.#byKey.size >= this.limit) this.#evictOldest();
    const tally = new GroupStats(key, lineage);
    this.#byKey.set(key, tally);
    return tally;
  }

  /** All of them, `(other)` last if anything fell into it. */
  *[Symbol.iterator](): Generator<GroupStats> {
    yield* this.#byKey.values();
    if (this.#evicted > 0) yield this.other;
  }

  // An eighth at once: sorting at every newcomer would cost more than all the counting.
  #evictOldest(): void {
    const oldest = [...this.#byKey.values()].toSorted((a, b) => a.lastActive - b.lastActive);
    for (const tally of oldest.slice(0, Math.ceil(this.limit / 8))) {
      this.#byKey.delete(tally.key);
      evictInto(tally, this.other);
      this.#evicted++;
    }
  }
}

/** By what churn is counted, beside all of it together. */
export const groupings = ['comm', 'parent', 'user'] as const;
export type Grouping = (typeof groupings)[number];

export const unknownKey = '?';
