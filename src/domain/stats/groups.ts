import { fallInto, type Name, Tally } from './group-stats.ts';

export const otherKey = '(other)';

/** Tallies by key, no more than `limit`: the least recently active fall together into one and are counted. */
export class Tallies {
  readonly limit: number;
  readonly other = new Tally(otherKey);
  #byKey = new Map<string, Tally>();
  #fallen = 0;

  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit ${limit}`);
    this.limit = limit;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** How many keys fell into `(other)`; one that came back and fell again counts again. */
  get fallen(): number {
    return this.#fallen;
  }

  find(key: string): Tally | undefined {
    return this.#byKey.get(key);
  }

  open(key: string, lineage?: readonly Name[]): Tally {
    const known = this.#byKey.get(key);
    if (known) return known;
    if (this.#byKey.size >= this.limit) this.#makeRoom();
    const tally = new Tally(key, lineage);
    this.#byKey.set(key, tally);
    return tally;
  }

  /** All of them, `(other)` last if anything fell into it. */
  *[Symbol.iterator](): Generator<Tally> {
    yield* this.#byKey.values();
    if (this.#fallen > 0) yield this.other;
  }

  // An eighth at once: sorting at every newcomer would cost more than all the counting.
  #makeRoom(): void {
    const oldest = [...this.#byKey.values()].toSorted((a, b) => a.touched - b.touched);
    for (const tally of oldest.slice(0, Math.ceil(this.limit / 8))) {
      this.#byKey.delete(tally.key);
      fallInto(tally, this.other);
      this.#fallen++;
    }
  }
}

/** By what churn is counted, beside all of it together. */
export const groupings = ['comm', 'parent', 'user'] as const;
export type Grouping = (typeof groupings)[number];

export const unknown = '?';
