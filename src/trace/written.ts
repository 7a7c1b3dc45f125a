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
