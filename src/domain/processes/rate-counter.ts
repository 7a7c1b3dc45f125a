const secondNs = 1_000_000_000n;

/** All there is to know of `Rates`, as plain values. */
export type RateSnapshot = { counts: number[]; newestSecond: bigint | undefined; total: number };

/**
 * How often something happened, by whole seconds of the monotonic clock: the last `seconds` of them, bounded
 * by construction. Durations come from event times, so a stepped wall clock or a stall cannot make a rate negative.
 */
export class RateCounter {
  readonly windowSeconds: number;
  #counts: number[];
  #newestSecond: bigint | undefined;
  #total = 0;

  constructor(seconds = 60) {
    this.windowSeconds = seconds;
    this.#counts = new Array<number>(seconds).fill(0);
  }

  /** Everything ever counted. */
  get total(): number {
    return this.#total;
  }

  /** Move the window up to `nowNs`; going back is ignored. */
  advance(nowNs: bigint): void {
    const second = nowNs / secondNs;
    if (this.#newestSecond === undefined) this.#newestSecond = second;
    const steps = second - this.#newestSecond;
    if (steps <= 0n) return;
    const clear = steps > BigInt(this.windowSeconds) ? this.windowSeconds : Number(steps);
    for (let step = 1; step <= clear; step++) this.#counts[this.#slot(second - BigInt(step - 1))] = 0;
    this.#newestSecond = second;
  }

  add(atNs: bigint, times = 1): void {
    this.advance(atNs);
    const second = atNs / secondNs;
    this.#total += times;
    if ((this.#newestSecond as bigint) - second >= BigInt(this.windowSeconds)) return;
    const slot = this.#slot(second);
    this.#counts[slot] = (this.#counts[slot] as number) + times;
  }

  /** Counts a second, oldest first; the last one is the second still running. */
  history(): number[] {
    if (this.#newestSecond === undefined) return new Array<number>(this.windowSeconds).fill(0);
    const newest = this.#newestSecond;
    return Array.from({ length: this.windowSeconds }, (_, index) => {
      const second = newest - BigInt(this.windowSeconds - 1 - index);
      return second < 0n ? 0 : (this.#counts[this.#slot(second)] as number);
    });
  }

  /** Events a second, over the last `span` complete seconds. */
  perSecond(span = 5): number {
    const complete = this.history().slice(0, -1).slice(-span);
    return complete.reduce((sum, count) => sum + count, 0) / Math.max(1, complete.length);
  }

  clone(): RateCounter {
    const copy = new RateCounter(this.windowSeconds);
    copy.#counts = this.#counts.slice();
    copy.#newestSecond = this.#newestSecond;
    copy.#total = this.#total;
    return copy;
  }

  snapshot(): RateSnapshot {
    return { counts: this.#counts.slice(), newestSecond: this.#newestSecond, total: this.#total };
  }

  static restore({ counts, newestSecond, total }: RateSnapshot): RateCounter {
    const rates = new RateCounter(counts.length);
    rates.#counts = counts.slice();
    rates.#newestSecond = newestSecond;
    rates.#total = total;
    return rates;
  }

  #slot(second: bigint): number {
    return Number(
      ((second % BigInt(this.windowSeconds)) + BigInt(this.windowSeconds)) % BigInt(this.windowSeconds),
    );
  }
}
