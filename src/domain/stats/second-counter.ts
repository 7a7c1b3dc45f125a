/** Seconds held: what a sparkline can show. */
export const historySeconds = 60;

const slotOf = (second: number): number => ((second % historySeconds) + historySeconds) % historySeconds;

/**
 * How often something happened, by second of one clock, for the last minute. The lean sibling of `Rates` for thousands
 * of keys at once: seconds come as plain numbers, told once an event and not once a key.
 */
export class SecondCounter {
  #counts: number[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  #peak = 0;

  /** The most in any one second so far. */
  get peak(): number {
    return Math.max(this.#peak, this.#at(this.#newest));
  }

  /** Move up to `second`; going back is ignored. */
  advance(second: number): void {
    if (second <= this.#newest) return;
    if (this.#counts.length === 0) this.#counts = new Array<number>(historySeconds).fill(0);
    this.#peak = this.peak;
    if (second - this.#newest >= historySeconds) this.#counts.fill(0);
    else for (let next = this.#newest + 1; next <= second; next++) this.#counts[slotOf(next)] = 0;
    this.#newest = second;
  }

  /** `times` may be negative: what was counted under a wrong name is taken back. */
  count(second: number, times = 1): void {
    this.advance(second);
    if (this.#newest - second >= historySeconds) return;
    const slot = slotOf(second);
    const count = Math.max(0, (this.#counts[slot] as number) + times);
    this.#counts[slot] = count;
    if (second < this.#newest && count > this.#peak) this.#peak = count;
  }

  clone(): SecondCounter {
    const copy = new SecondCounter();
    copy.#counts = this.#counts.slice();
    copy.#newest = this.#newest;
    copy.#peak = this.#peak;
    return copy;
  }

  merge(other: SecondCounter): void {
    if (other.#counts.length === 0) return;
    const peak = Math.max(this.peak, other.peak);
    for (let second = other.#newest - historySeconds + 1; second <= other.#newest; second++) {
      const count = other.#at(second);
      if (count > 0) this.count(second, count);
    }
    this.#peak = Math.max(this.#peak, peak);
  }

  /** Counts a second up to `second`, oldest first; the last one is still running. */
  history(second: number): number[] {
    return Array.from({ length: historySeconds }, (_, index) =>
      this.#at(second - historySeconds + 1 + index),
    );
  }

  /** Events a second over the `span` complete seconds before `second`. */
  perSecond(second: number, span: number): number {
    let sum = 0;
    for (let back = 1; back <= span; back++) sum += this.#at(second - back);
    return sum / span;
  }

  #at(second: number): number {
    if (!(second <= this.#newest) || this.#newest - second >= historySeconds) return 0;
    return this.#counts[slotOf(second)] ?? 0;
  }
}
