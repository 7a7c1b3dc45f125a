import type { Density } from '../../../domain/source/replay-control.ts';
import { TopNames } from '../../../domain/stats/top-names.ts';

const kinds = ['spawns', 'exits', 'failures', 'unknownExits', 'alerts', 'cleared', 'notes', 'gaps'] as const;
export type DensityKind = (typeof kinds)[number];

/** Returns a value for each kind. */
const forEachKind = (countsOf: (kind: DensityKind) => number[]): Record<DensityKind, number[]> =>
  Object.fromEntries(kinds.map((kind) => [kind, countsOf(kind)])) as Record<DensityKind, number[]>;

/** Maximum number of names of a bucket in a density. */
const maxNames = 3;
const defaultMaxBuckets = 1000;
/** Initial width of a bucket, ns. A trace of one second fills 1000 of them. */
const minWidthNs = 1_000_000n;

/**
 * Counts events in time buckets of equal width. Beyond the maximum number of buckets, adjacent ones are merged. Times must
 * not decrease.
 */
export class DensityCounter {
  readonly #maxBuckets: number;
  readonly #counts: Record<DensityKind, number[]> = forEachKind(() => []);
  #exitedNames: (TopNames | undefined)[] = [];
  #fromNs: bigint | undefined;
  #widthNs = minWidthNs;
  #bucket = 0;
  #bucketEndNs = 0n;

  constructor(maxBuckets = defaultMaxBuckets) {
    this.#maxBuckets = maxBuckets;
  }

  /** Counts an event. If it has no kind, only extends the time. */
  count(kind: DensityKind | undefined, atNs: bigint): void {
    if (this.#fromNs === undefined) {
      this.#fromNs = atNs;
      this.#bucketEndNs = atNs + this.#widthNs;
      for (const counts of Object.values(this.#counts)) counts.push(0);
    }
    if (atNs >= this.#bucketEndNs) this.#advanceBucket(this.#fromNs, atNs);
    if (kind === undefined) return;
    const counts = this.#counts[kind];
    counts[this.#bucket] = (counts[this.#bucket] as number) + 1;
  }

  /** Counts the name of an exit at the time of the last call of `count`. */
  countExitOf(comm: string): void {
    const names = this.#exitedNames[this.#bucket] ?? new TopNames();
    this.#exitedNames[this.#bucket] = names;
    names.add(comm);
  }

  get density(): Density {
    return {
      fromNs: this.#fromNs ?? 0n,
      bucketNs: this.#widthNs,
      ...forEachKind((kind) => this.#counts[kind].slice()),
      exitedNames: Array.from(this.#exitedNames, (names) => names?.ranked(maxNames)),
    };
  }

  #advanceBucket(fromNs: bigint, atNs: bigint): void {
    while ((atNs - fromNs) / this.#widthNs >= BigInt(this.#maxBuckets)) {
      this.#widthNs *= 2n;
      for (const kind of kinds) this.#counts[kind] = mergePairs(this.#counts[kind]);
      this.#exitedNames = mergeNames(this.#exitedNames);
    }
    this.#bucket = Number((atNs - fromNs) / this.#widthNs);
    this.#bucketEndNs = fromNs + BigInt(this.#bucket + 1) * this.#widthNs;
    for (const kind of kinds) {
      const counts = this.#counts[kind];
      while (counts.length <= this.#bucket) counts.push(0);
    }
  }
}

const mergePairs = (counts: readonly number[]): number[] =>
  Array.from(
    { length: Math.ceil(counts.length / 2) },
    (_, index) => (counts[2 * index] as number) + (counts[2 * index + 1] ?? 0),
  );

const mergeNames = (names: readonly (TopNames | undefined)[]): (TopNames | undefined)[] =>
  Array.from({ length: Math.ceil(names.length / 2) }, (_, index) => {
    const [first, second] = [names[2 * index], names[2 * index + 1]];
    if (first && second) first.merge(second);
    return first ?? second;
  });
