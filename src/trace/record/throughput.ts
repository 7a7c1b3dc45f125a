const secondNs = 1_000_000_000n;

/** Counts written lines and bytes and measures the write rate. */
export class Throughput {
  lines = 0;
  bytes = 0;
  /** Write rate over the last second or more, in bytes per second. */
  bytesPerSecond = 0;
  #windowStartNs: bigint;
  #bytesAtWindowStart = 0;

  constructor(nowNs: bigint) {
    this.#windowStartNs = nowNs;
  }

  /** Counts lines and bytes. Returns `lines`. */
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
