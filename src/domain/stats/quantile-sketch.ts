/** Quantiles are off by no more than this part of the true value (and rounded to whole ns), from `least` on. */
export const maxRelativeError = 0.02;

const gamma = (1 + maxRelativeError) / (1 - maxRelativeError);
const logGamma = Math.log(gamma);
/** Shorter durations, in ns, count as this long: no sampler tells them apart. */
const minNs = 1000;
const bucketOf = (ns: number): number => Math.ceil(Math.log(Math.max(ns, minNs)) / logGamma);
/** The value within the error of all that falls into a bucket. */
const bucketValueNs = (bucket: number): number => (2 * gamma ** bucket) / (gamma + 1);

/** 10^40 ns; with it a sketch has at most 2,200 buckets, and less than 400 for all lives up to a year. */
const maxNs = 1e40;

/**
 * Durations in buckets whose bounds grow by a fixed factor: any quantile with a stated relative error, in a few hundred
 * numbers, and two sketches merge into exactly the sketch of both.
 */
export class QuantileSketch {
  #counts: number[] = [];
  /** The bucket that `#counts[0]` stands for. */
  #first = 0;
  #count = 0;
  #min: bigint | undefined;
  #max: bigint | undefined;

  get count(): number {
    return this.#count;
  }

  /** Exact. */
  get min(): bigint | undefined {
    return this.#min;
  }

  /** Exact. */
  get max(): bigint | undefined {
    return this.#max;
  }

  /** A duration in ns; negative ones are none. */
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
    copy.#first = this.#first;
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
      if (count > 0) this.#add(other.#first + index, count);
    });
  }

  /** The smallest duration that at least the part `q` (0 to 1) of all does not exceed, ns. */
  quantile(q: number): bigint | undefined {
    if (this.#min === undefined || this.#max === undefined) return undefined;
    let left = Math.max(1, Math.ceil(q * this.#count));
    if (left >= this.#count) return this.#max;
    let index = 0;
    while (left > (this.#counts[index] as number)) left -= this.#counts[index++] as number;
    const middle = BigInt(Math.round(bucketValueNs(this.#first + index)));
    if (middle < this.#min) return this.#min;
    return middle > this.#max ? this.#max : middle;
  }

  /** How many fall between each two of the ascending bounds (ns), below the first and above the last included. */
  histogram(bounds: readonly number[]): number[] {
    const bins = new Array<number>(bounds.length + 1).fill(0);
    this.#counts.forEach((count, index) => {
      const middle = bucketValueNs(this.#first + index);
      const place = bounds.findIndex((bound) => middle < bound);
      const bin = place < 0 ? bounds.length : place;
      bins[bin] = (bins[bin] as number) + count;
    });
    return bins;
  }

  #add(bucket: number, times: number): void {
    this.#count += times;
    if (this.#counts.length === 0) this.#first = bucket;
    while (bucket < this.#first) {
      this.#counts.unshift(0);
      this.#first--;
    }
    const index = bucket - this.#first;
    while (index >= this.#counts.length) this.#counts.push(0);
    this.#counts[index] = (this.#counts[index] as number) + times;
  }
}
