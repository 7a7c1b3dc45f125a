import { roundNs } from '../../util/time.ts';
/** Maximum relative error of a quantile above `minNs`, before rounding to whole ns. */
export const maxRelativeError = 0.02;

const gamma = (1 + maxRelativeError) / (1 - maxRelativeError);
const logGamma = Math.log(gamma);
/** Shorter durations count as this long, in ns, because samplers do not resolve them. */
const minNs = 1000;
/** Longer durations are ignored. This bounds a sketch to 2,200 buckets; lifetimes up to a year need fewer than 400. */
const maxNs = 1e40;

const bucketOf = (ns: number): number => Math.ceil(Math.log(Math.max(ns, minNs)) / logGamma);
/** Returns the value, in ns, that is within the error of all values in a bucket. */
const bucketValueNs = (bucket: number): number => (2 * gamma ** bucket) / (gamma + 1);

/**
 * A DDSketch of durations: counts in buckets of exponentially growing size. It gives any quantile with a bounded
 * relative error in a few hundred numbers. Merging two sketches gives exactly the sketch of all their values.
 */
export class QuantileSketch {
  #counts: number[] = [];
  /** Number of the bucket in `#counts[0]`. */
  #firstBucket = 0;
  #count = 0;
  #min: bigint | undefined;
  #max: bigint | undefined;

  get count(): number {
    return this.#count;
  }

  /** The exact minimum. */
  get min(): bigint | undefined {
    return this.#min;
  }

  /** The exact maximum. */
  get max(): bigint | undefined {
    return this.#max;
  }

  /** Adds a duration in ns. Negative durations are ignored. */
  add(ns: bigint): void {
    const value = Number(ns);
    if (value < 0 || value > maxNs) return;
    if (this.#min === undefined || ns < this.#min) this.#min = ns;
    if (this.#max === undefined || ns > this.#max) this.#max = ns;
    this.#add(bucketOf(value), 1);
  }

  clone(): QuantileSketch {
    const copy = new QuantileSketch();
    copy.#counts = this.#counts.slice();
    copy.#firstBucket = this.#firstBucket;
    copy.#count = this.#count;
    copy.#min = this.#min;
    copy.#max = this.#max;
    return copy;
  }

  merge(other: QuantileSketch): void {
    if (other.#min === undefined || other.#max === undefined) return;
    if (this.#min === undefined || other.#min < this.#min) this.#min = other.#min;
    if (this.#max === undefined || other.#max > this.#max) this.#max = other.#max;
    other.#counts.forEach((count, index) => {
      if (count > 0) this.#add(other.#firstBucket + index, count);
    });
  }

  /** Returns the duration, in ns, that a share `q` (0 to 1) of all values does not exceed; undefined without values. */
  quantile(q: number): bigint | undefined {
    if (this.#min === undefined || this.#max === undefined) return undefined;
    let left = Math.max(1, Math.ceil(q * this.#count));
    if (left >= this.#count) return this.#max;
    let index = 0;
    while (left > (this.#counts[index] as number)) left -= this.#counts[index++] as number;
    const valueNs = roundNs(bucketValueNs(this.#firstBucket + index));
    if (valueNs < this.#min) return this.#min;
    return valueNs > this.#max ? this.#max : valueNs;
  }

  /** Returns the number of values below the first bound, between each two, and from the last on. Bounds are in ns. */
  histogram(bounds: readonly number[]): number[] {
    const bins = new Array<number>(bounds.length + 1).fill(0);
    this.#counts.forEach((count, index) => {
      const valueNs = bucketValueNs(this.#firstBucket + index);
      const found = bounds.findIndex((bound) => valueNs < bound);
      const bin = found < 0 ? bounds.length : found;
      bins[bin] = (bins[bin] as number) + count;
    });
    return bins;
  }

  #add(bucket: number, times: number): void {
    this.#count += times;
    if (this.#counts.length === 0) this.#firstBucket = bucket;
    while (bucket < this.#firstBucket) {
      this.#counts.unshift(0);
      this.#firstBucket--;
    }
    const index = bucket - this.#firstBucket;
    while (index >= this.#counts.length) this.#counts.push(0);
    this.#counts[index] = (this.#counts[index] as number) + times;
  }
}
