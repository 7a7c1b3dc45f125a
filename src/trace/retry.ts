const firstNs = 100_000_000n;
const longestNs = 5_000_000_000n;

/** When to try again what failed: after a tenth of a second, then twice as long each time, up to five seconds. */
export class Retry {
  #dueNs = 0n;
  #waitNs = firstNs;

  isDue(nowNs: bigint): boolean {
    return nowNs >= this.#dueNs;
  }

  failed(nowNs: bigint): void {
    this.#dueNs = nowNs + this.#waitNs;
    this.#waitNs = this.#waitNs * 2n > longestNs ? longestNs : this.#waitNs * 2n;
  }

  succeeded(): void {
    this.#waitNs = firstNs;
  }

  /** Things have changed: the next try need not wait. */
  hurry(): void {
    this.#dueNs = 0n;
  }
}
