const initialDelayNs = 100_000_000n;
const maxDelayNs = 5_000_000_000n;

/** When to try again what failed: after a tenth of a second, then twice as long each time, up to five seconds. */
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

  /** Things have changed: the next try need not wait. */
  retryNow(): void {
    this.#dueNs = 0n;
  }
}

const secondNs = 1_000_000_000n;

/** Lines and bytes written so far, and how fast they come. */
export class Throughput {
  lines = 0;
  bytes = 0;
  /** Bytes a second, over the last second or more. */
  bytesPerSecond = 0;
  #windowStartNs: bigint;
  #bytesAtWindowStart = 0;

  constructor(nowNs: bigint) {
    this.#windowStartNs = nowNs;
  }

  /** Gives back the lines. */
  add(lines: number, bytes: number): number {
    this.lines += lines;
    this.bytes += bytes;
    return lines;
  }

  measure(nowNs: bigint): void {
    const spanNs = nowNs - this.#windowStartNs;
    if (spanNs < secondNs) return;
    this.bytesPerSecond = ((this.bytes - this.#bytesAtWindowStart) * 1e9) / Number(spanNs);
    this.#windowStartNs = nowNs;
    this.#bytesAtWindowStart = this.bytes;
  }
}
