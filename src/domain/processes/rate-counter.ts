const secondNs = 1_000_000_000n;

/** All there is to know of `Rates`, as plain values. */
export type RatesSnapshot = { counts: number[]; newest: bigint | undefined; total: number };

/**
 * How often something happened, by whole seconds of the monotonic clock: the last `seconds` of them, bounded
 * by construction. Durations come from event times, so a stepped wall clock or a stall cannot make a rate negative.
 */
export class Rates {
  readonly seconds: number;
  #counts: number[];
  #newest: bigint | undefined;
  #total = 0;

  constructor(seconds = 60) {
    this.seconds = seconds;
    this.#counts = new Array<number>(seconds).fill(0);
  }

  /** Everything ever counted. */
  get total(): number {
    return this.#total;
  }

  /** Move the window up to `nowNs`; going back is ignored. */
  advance(nowNs: bigint): void {
    const second = nowNs / secondNs;
    if (this.#newest === undefined) this.#newest = second;
    const steps = second - this.#newest;
    if (steps <= 0n) return;
    const clear = steps > BigInt(this.seconds) ? this.seconds : Number(steps);
    for (let step = 1; step <= clear; step++) this.#counts[this.#slot(second - BigInt(step - 1))] = 0;
    this.#newest = second;
  }

  count(atNs: bigint, times = 1): void {
    this.advance(atNs);
    const second = atNs / secondNs;
    this.#total += times;
    if ((this.#newest as bigint) - second >= BigInt(this.seconds)) return;
    const slot = this.#slot(second);
    this.#counts[slot] = (this.#counts[slot] as number) + times;
  }

  /** Counts a second, oldest first; the last one is the second still running. */
  history(): number[] {
    if (this.#newest === undefined) return new Array<number>(this.seconds).fill(0);
    const newest = this.#newest;
    return Array.from({ length: this.seconds }, (_, index) => {
      const second = newest - BigInt(this.seconds - 1 - index);
      return second < 0n ? 0 : (this.#counts[this.#slot(second)] as number);
    });
  }

  /** Events a second, over the last `span` complete seconds. */
  perSecond(span = 5): number {
    const complete = this.history().slice(0, -1).slice(-span);
    return complete.reduce((sum, count) => sum + count, 0) / Math.max(1, complete.length);
  }

  clone(): Rates {
    const copy = new Rates(this.seconds);
    copy.#counts = this.#counts.slice();
    copy.#newest = this.#newest;
    copy.#total = this.#total;
    return copy;
  }

  snapshot(): RatesSnapshot {
    return { counts: this.#counts.slice(), newest: this.#newest, total: this.#total };
  }

  static restore({ counts, newest, total }: RatesSnapshot): Rates {
    const rates = new Rates(counts.length);
    rates.#counts = counts.slice();
    rates.#newest = newest;
    rates.#total = total;
    return rates;
  }

  #slot(second: bigint): number {
    return Number(((second % BigInt(this.seconds)) + BigInt(this.seconds)) % BigInt(this.seconds));
  }
}
