import { keyOf } from '../events/process-id.ts';
import type { Kin } from './ancestry.ts';

/** Children of one parent that ended under one name, and what they had spawned in turn. */
export type EndedKind = {
  readonly comm: string;
  count: number;
  /** When the last of them was seen to be gone, CLOCK_MONOTONIC ns. */
  lastNs: bigint;
  shortestNs: bigint | undefined;
  longestNs: bigint | undefined;
  readonly brood: Brood;
};

export type Brood = {
  /** By comm, in order of appearance. */
  readonly kinds: Map<string, EndedKind>;
  /** Ended here or further below under names that are not told apart. */
  untold: number;
};

/** Plain values: a brood by the key of its parent. */
export type OffspringSnapshot = [parent: string, brood: Brood][];

/** The end of one process, as its parent counts it. */
export type Ending = { kin: Kin; comm: string; atNs: bigint; lifetimeNs: bigint | undefined };

/** Where an ended process is counted: the nearest living ancestor, and the names of those ended between, its child first. */
export type Place = { parent: string; between: readonly string[] };

/** Parents outside of what is seen: the kernel, another PID namespace, whoever ended before the start. */
export const outside = '';

/** Names told apart among the ended children of one parent; beyond it the longest quiet one becomes untold. */
const maxKinds = 24;
/** Generations of ended below a living one; what is deeper counts with the last. */
const maxDepth = 6;
/** Of all parents together; beyond it new names are untold. About 0.5 MB. */
const maxAltogether = 2_048;

/**
 * The fold of exits into what each living process has spawned and seen end: children by name, and what those had
 * spawned. When a process ends its brood goes to its parent's, below its own name, so `make` that ran and ended a
 * hundred times still shows the compilers it ran.
 */
export class Offspring {
  readonly #broods = new Map<string, Brood>();
  #size = 0;

  /** How many kinds are held. */
  get size(): number {
    return this.#size;
  }

  of(parent: string): Brood | undefined {
    return this.#broods.get(parent);
  }

  /** Broods by the keys of their parents. */
  all(): IterableIterator<[parent: string, brood: Brood]> {
    return this.#broods.entries();
  }

  end({ kin, comm, atNs, lifetimeNs }: Ending, { parent, between }: Place): void {
    const own = this.#broods.get(keyOf(kin));
    if (own) this.#broods.delete(keyOf(kin));
    const kind = this.#kindAt(parent, [...between.slice(0, maxDepth - 1), comm], atNs);
    if ('untold' in kind) {
      kind.untold += 1 + (own ? allOf(own) : 0);
      if (own) this.#size -= sizeOf(own);
      return;
    }
    count(kind, { count: 1, lastNs: atNs, shortestNs: lifetimeNs, longestNs: lifetimeNs });
    if (own) this.#absorb(kind.brood, own, Math.min(between.length, maxDepth - 1) + 1);
  }

  snapshot(): OffspringSnapshot {
    return [...this.#broods].map(([parent, brood]) => [parent, copied(brood)]);
  }

  static restore(snapshot: OffspringSnapshot): Offspring {
    const offspring = new Offspring();
    for (const [parent, brood] of snapshot) {
      offspring.#broods.set(parent, copied(brood));
      offspring.#size += sizeOf(brood);
    }
    return offspring;
  }

  clone(): Offspring {
    return Offspring.restore([...this.#broods]);
  }

  /** The last kind of a path, or, where there is no room for one, the brood it would have been of. */
  #kindAt(parent: string, path: readonly string[], atNs: bigint): EndedKind | Brood {
    let brood = this.#broods.get(parent);
    if (!brood) {
      brood = emptyBrood();
      this.#broods.set(parent, brood);
    }
    let at: EndedKind | Brood = brood;
    for (const comm of path) {
      const kind: EndedKind | undefined = brood.kinds.get(comm) ?? this.#newKind(brood, comm, atNs);
      if (!kind) return brood;
      brood = kind.brood;
      at = kind;
    }
    return at;
  }

  #newKind(brood: Brood, comm: string, atNs: bigint): EndedKind | undefined {
    if (brood.kinds.size >= maxKinds) this.#forgetQuietest(brood);
    if (this.#size >= maxAltogether) return undefined;
    const kind = { ...emptyKind, comm, lastNs: atNs, brood: emptyBrood() };
    brood.kinds.set(comm, kind);
    this.#size++;
    return kind;
  }

  #forgetQuietest(brood: Brood): void {
    let quietest: EndedKind | undefined;
    for (const kind of brood.kinds.values()) if (!quietest || kind.lastNs < quietest.lastNs) quietest = kind;
    if (!quietest) return;
    brood.kinds.delete(quietest.comm);
    brood.untold += quietest.count + allOf(quietest.brood);
    this.#size -= 1 + sizeOf(quietest.brood);
  }

  /** All of `from` becomes part of `into`, which lies so many generations below the living. */
  #absorb(into: Brood, from: Brood, depth: number): void {
    into.untold += from.untold;
    for (const kind of from.kinds.values()) {
      const known = into.kinds.get(kind.comm);
      if (depth >= maxDepth) {
        into.untold += kind.count + allOf(kind.brood);
        this.#size -= 1 + sizeOf(kind.brood);
      } else if (known) {
        this.#size--;
        count(known, kind);
        this.#absorb(known.brood, kind.brood, depth + 1);
      } else {
        if (into.kinds.size >= maxKinds) this.#forgetQuietest(into);
        const moved = { ...kind, brood: emptyBrood() };
        into.kinds.set(kind.comm, moved);
        this.#absorb(moved.brood, kind.brood, depth + 1);
      }
    }
  }
}

/** How many children of it have ended, told apart or not. */
export const endedOf = (brood: Brood | undefined): number => {
  if (!brood) return 0;
  let sum = brood.untold;
  for (const { count } of brood.kinds.values()) sum += count;
  return sum;
};

/** Those below it as well. */
const allOf = (brood: Brood): number => {
  let sum = endedOf(brood);
  for (const kind of brood.kinds.values()) sum += allOf(kind.brood);
  return sum;
};

/** When the last of them ended. */
export const lastEndOf = (brood: Brood | undefined): bigint | undefined => {
  let last: bigint | undefined;
  if (brood)
    for (const { lastNs } of brood.kinds.values()) if (last === undefined || lastNs > last) last = lastNs;
  return last;
};

const emptyBrood = (): Brood => ({ kinds: new Map(), untold: 0 });
const emptyKind = { count: 0, shortestNs: undefined, longestNs: undefined };

const count = (
  kind: EndedKind,
  more: Pick<EndedKind, 'count' | 'lastNs' | 'shortestNs' | 'longestNs'>,
): void => {
  kind.count += more.count;
  if (more.lastNs > kind.lastNs) kind.lastNs = more.lastNs;
  if (more.shortestNs !== undefined && (kind.shortestNs === undefined || more.shortestNs < kind.shortestNs))
    kind.shortestNs = more.shortestNs;
  if (more.longestNs !== undefined && (kind.longestNs === undefined || more.longestNs > kind.longestNs))
    kind.longestNs = more.longestNs;
};

const sizeOf = ({ kinds }: Brood): number => {
  let size = kinds.size;
  for (const { brood } of kinds.values()) size += sizeOf(brood);
  return size;
};

const copied = ({ kinds, untold }: Brood): Brood => ({
  kinds: new Map([...kinds].map(([comm, kind]) => [comm, { ...kind, brood: copied(kind.brood) }])),
  untold,
});
