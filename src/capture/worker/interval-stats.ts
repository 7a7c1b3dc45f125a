/** A histogram of quarter octaves from 1/64 ms on. The last bucket starts beyond 17 minutes. */
const bucketsPerOctave = 4;
const smallestMs = 1 / 64;
const bucketCount = 104;

/**
 * Collects the intervals between samples and computes which lifetimes they can miss. A process that lives for L, spawned
 * at a random moment, falls entirely into an interval of G with probability (G - L) / (total time).
 */
export class IntervalStats {
  readonly #counts = new Float64Array(bucketCount);
  readonly #sums = new Float64Array(bucketCount);
  #totalMs = 0;
  #maxMs = 0;

  /** The longest interval, ms. */
  get maxMs(): number {
    return this.#maxMs;
  }

  add(intervalMs: number): void {
    const octaves = Math.log2(intervalMs / smallestMs);
    const bucket = octaves > 0 ? Math.min(bucketCount - 1, Math.floor(octaves * bucketsPerOctave)) : 0;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sums[bucket] = (this.#sums[bucket] as number) + intervalMs;
    this.#totalMs += intervalMs;
    if (intervalMs > this.#maxMs) this.#maxMs = intervalMs;
  }

  /** Returns the shortest lifetime, ms, of which at most `missedShare` is missed; undefined without intervals. */
  shortestLifetimeMs(missedShare = 0.01): number | undefined {
    if (this.#totalMs === 0) return undefined;
    let sumMs = 0;
    let count = 0;
    for (let bucket = bucketCount - 1; bucket >= 0; bucket--) {
      sumMs += this.#sums[bucket] as number;
      count += this.#counts[bucket] as number;
      // The intervals in this bucket and the longer ones leave `sumMs - count * lifetimeMs` in which it is missed.
      const lifetimeMs = (sumMs - missedShare * this.#totalMs) / Math.max(1, count);
      const bucketStartMs = smallestMs * 2 ** (bucket / bucketsPerOctave);
      if (lifetimeMs >= bucketStartMs || bucket === 0) return Math.max(0, lifetimeMs);
    }
    return undefined;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#sums.fill(0);
    this.#totalMs = 0;
    this.#maxMs = 0;
  }
}
