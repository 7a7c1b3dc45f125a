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

const second = 1_000_000_000n;

/** Lines and bytes written so far, and how fast they come. */
export class Written {
  lines = 0;
  bytes = 0;
  /** Bytes a second, over the last second or more. */
  perSecond = 0;
  #sinceNs: bigint;
  #bytesThen = 0;

  constructor(nowNs: bigint) {
    this.#sinceNs = nowNs;
  }

  /** Gives back the lines. */
  add(lines: number, bytes: number): number {
    this.lines += lines;
    this.bytes += bytes;
    return lines;
  }

  measure(nowNs: bigint): void {
    const spanNs = nowNs - this.#sinceNs;
    if (spanNs < second) return;
    this.perSecond = ((this.bytes - this.#bytesThen) * 1e9) / Number(spanNs);
    this.#sinceNs = nowNs;
    this.#bytesThen = this.bytes;
  }
}
