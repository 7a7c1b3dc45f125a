const initialDelayNs = 100_000_000n;
const maxDelayNs = 5_000_000_000n;

/** Exponential backoff: the first retry is due after 100 ms, each further one after twice the delay, at most 5 s. */
export class Backoff {
  #dueNs = 0n;
  #delayNs = initialDelayNs;

  isDue(nowNs: bigint): boolean {
    return nowNs >= this.#dueNs;
  }

  onFailure(nowNs: bigint): void {
    this.#dueNs = nowNs + this.#delayNs;
    this.#delayNs = this.#delayNs * 2n > maxDelayNs ? maxDelayNs : this.#delayNs * 2n;
  }

  onSuccess(): void {
    this.#delayNs = initialDelayNs;
  }

  /** Makes the next retry due at once. Does not change the delay. */
  retryNow(): void {
    this.#dueNs = 0n;
  }
}
