/** Default window of a counter, in seconds. */
export const defaultWindowSeconds = 60;

/**
 * Returns the whole second of the clock at `ns`. It is computed with numbers, which allocate nothing. From 2^53 ns on they
 * are rounded, by less than a microsecond.
 */
export const secondOf = (ns: bigint | number): number => Math.trunc(Number(ns) / 1e9);

/** The content of a `RateCounter` as plain values. `newestSecond` is -Infinity before the first second. */
export type RateSnapshot = {
  windowSeconds: number;
  counts: number[];
  newestSecond: number;
  total: number;
  peak: number;
};

/**
 * Counts events per second over the last `windowSeconds`. The clock is that of the events, so neither a stepped wall
 * clock nor a stall of the sampler affects a rate. An unused counter allocates nothing: there are thousands of groups.
 */
export class RateCounter {
  readonly windowSeconds: number;
  #counts: number[] = [];
  #newestSecond = Number.NEGATIVE_INFINITY;
  #total = 0;
  #peak = 0;

  constructor(windowSeconds = defaultWindowSeconds) {
    this.windowSeconds = windowSeconds;
  }

  /** Number of events counted since the start. */
  get total(): number {
    return this.#total;
  }

  /** The highest count of a second since the start. */
  get peak(): number {
    return Math.max(this.#peak, this.#at(this.#newestSecond));
  }

  /** Moves the window forward to `second`. An earlier second is ignored. */
  advance(second: number): void {
    const newest = this.#newestSecond;
    if (second <= newest) return;
    if (this.#counts.length === 0) this.#counts = new Array<number>(this.windowSeconds).fill(0);
    this.#peak = this.peak;
    if (second - newest >= this.windowSeconds) this.#counts.fill(0);
    else for (let next = newest + 1; next <= second; next++) this.#counts[this.#slot(next)] = 0;
    this.#newestSecond = second;
  }

  /** Adds events. A negative count takes back events that were counted by mistake. */
  add(second: number, count = 1): void {
    this.advance(second);
    this.#total += count;
    if (this.#newestSecond - second >= this.windowSeconds) return;
    const slot = this.#slot(second);
    const sum = Math.max(0, (this.#counts[slot] as number) + count);
    this.#counts[slot] = sum;
    if (second < this.#newestSecond && sum > this.#peak) this.#peak = sum;
  }

  /** Returns the counts per second up to `second`, oldest first. The last second is incomplete. */
  history(second = this.#newestSecond): number[] {
    const first = second - this.windowSeconds + 1;
    return Array.from({ length: this.windowSeconds }, (_, index) => this.#at(first + index));
  }

  /** Returns the mean rate per second over the last `seconds` complete seconds before `second`. */
  perSecond(seconds = 5, second = this.#newestSecond): number {
    const span = Math.min(seconds, this.windowSeconds - 1);
    let sum = 0;
    for (let back = 1; back <= span; back++) sum += this.#at(second - back);
    return sum / Math.max(1, span);
  }

  /** Returns the number of events in the window up to `second`, which is included. */
  inWindow(second = this.#newestSecond): number {
    let sum = 0;
    for (let back = 0; back < this.windowSeconds; back++) sum += this.#at(second - back);
    return sum;
  }

  clone(): RateCounter {
    return RateCounter.restore(this.snapshot());
  }

  /** Adds the counts of another counter. */
  merge(other: RateCounter): void {
    if (other.#counts.length === 0) return;
    const peak = Math.max(this.peak, other.peak);
    const total = this.#total + other.#total;
    for (
      let second = other.#newestSecond - other.windowSeconds + 1;
      second <= other.#newestSecond;
      second++
    ) {
      const count = other.#at(second);
      if (count > 0) this.add(second, count);
    }
    this.#peak = Math.max(this.#peak, peak);
    this.#total = total;
  }

  snapshot(): RateSnapshot {
    return {
      windowSeconds: this.windowSeconds,
      counts: this.#counts.slice(),
      newestSecond: this.#newestSecond,
      total: this.#total,
      peak: this.#peak,
    };
  }

  static restore({ windowSeconds, counts, newestSecond, total, peak }: RateSnapshot): RateCounter {
    const counter = new RateCounter(windowSeconds);
    counter.#counts = counts.slice();
    counter.#newestSecond = newestSecond;
    counter.#total = total;
    counter.#peak = peak;
    return counter;
  }

  #at(second: number): number {
    if (!(second <= this.#newestSecond) || this.#newestSecond - second >= this.windowSeconds) return 0;
    return this.#counts[this.#slot(second)] ?? 0;
  }

  #slot(second: number): number {
    return ((second % this.windowSeconds) + this.windowSeconds) % this.windowSeconds;
  }
}
