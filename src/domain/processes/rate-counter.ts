const secondNs = 1_000_000_000n;

/** The content of a `RateCounter` as plain values. */
export type RateSnapshot = { counts: number[]; newestSecond: bigint | undefined; total: number };

/**
 * Counts events per second of the monotonic clock, over the last `windowSeconds`. The clock is that of the events, so
 * neither a stepped wall clock nor a stall of the sampler affects a rate.
 */
export class RateCounter {
  readonly windowSeconds: number;
  #counts: number[];
  #newestSecond: bigint | undefined;
  #total = 0;

  constructor(windowSeconds = 60) {
    this.windowSeconds = windowSeconds;
    this.#counts = new Array<number>(windowSeconds).fill(0);
  }

  /** Number of events counted since the start. */
  get total(): number {
    return this.#total;
  }

  /** Moves the window forward to `nowNs`. An earlier time is ignored. */
  advance(nowNs: bigint): void {
    const second = nowNs / secondNs;
    if (this.#newestSecond === undefined) this.#newestSecond = second;
    const steps = second - this.#newestSecond;
    if (steps <= 0n) return;
    const clear = steps > BigInt(this.windowSeconds) ? this.windowSeconds : Number(steps);
    for (let step = 1; step <= clear; step++) this.#counts[this.#slot(second - BigInt(step - 1))] = 0;
    this.#newestSecond = second;
  }

  add(atNs: bigint, count = 1): void {
    this.advance(atNs);
    const second = atNs / secondNs;
    this.#total += count;
    if ((this.#newestSecond as bigint) - second >= BigInt(this.windowSeconds)) return;
    const slot = this.#slot(second);
    this.#counts[slot] = (this.#counts[slot] as number) + count;
  }

  /** Returns the counts per second, oldest first. The last one is of the current, incomplete second. */
  history(): number[] {
    if (this.#newestSecond === undefined) return new Array<number>(this.windowSeconds).fill(0);
    const newest = this.#newestSecond;
    return Array.from({ length: this.windowSeconds }, (_, index) => {
      const second = newest - BigInt(this.windowSeconds - 1 - index);
      return second < 0n ? 0 : (this.#counts[this.#slot(second)] as number);
    });
  }

  /** Returns the mean rate per second over the last `seconds` complete seconds. */
  perSecond(seconds = 5): number {
    const complete = this.history().slice(0, -1).slice(-seconds);
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
    const counter = new RateCounter(counts.length);
    counter.#counts = counts.slice();
    counter.#newestSecond = newestSecond;
    counter.#total = total;
    return counter;
  }

  #slot(second: bigint): number {
    return Number(
      ((second % BigInt(this.windowSeconds)) + BigInt(this.windowSeconds)) % BigInt(this.windowSeconds),
    );
  }
}
