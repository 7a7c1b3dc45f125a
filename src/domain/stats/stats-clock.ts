/** The clock that times of a trace belong to. */
export type ClockOrigin = { host: string; boot_id: string };

/** Time as records tell it, going on where another recorder, or another boot's clock, begins again. */
export class StatsClock {
  #nowNs = 0n;
  #startNs: bigint | undefined;
  #previousSpanNs = 0n;
  #firstSecond: number | undefined;
  #second = 0;
  /** Added to seconds, so that they go on where another boot's clock begins again. */
  #secondOffset = 0;
  #origin: ClockOrigin | undefined;

  /** CLOCK_MONOTONIC ns of the newest record. */
  get nowNs(): bigint {
    return this.#nowNs;
  }

  /** The second of the newest record; it never runs backwards. */
  get second(): number {
    return this.#second;
  }

  /** How long was watched, ns. */
  get spanNs(): bigint {
    return this.#previousSpanNs + (this.#startNs === undefined ? 0n : this.#nowNs - this.#startNs);
  }

  /** Seconds since the first. */
  get elapsedSeconds(): number {
    return this.#second - (this.#firstSecond ?? this.#second);
  }

  /** Another recorder begins; after a boot also the clock is another. */
  startRecorder(origin: ClockOrigin | undefined): void {
    const before = this.#origin;
    this.#previousSpanNs = this.spanNs;
    this.#startNs = undefined;
    if (before?.boot_id !== origin?.boot_id || before?.host !== origin?.host) this.#nowNs = 0n;
    this.#origin = origin;
  }

  advance(nowNs: bigint): void {
    if (this.#startNs === undefined) {
      if (this.#nowNs === 0n) this.#rebase(nowNs);
      this.#startNs = nowNs;
    }
    if (nowNs < this.#startNs) this.#startNs = nowNs;
    if (nowNs <= this.#nowNs) return;
    this.#nowNs = nowNs;
    const second = this.secondOf(nowNs);
    if (second > this.#second) this.#second = second;
  }

  secondOf(ns: bigint): number {
    return Math.floor(Number(ns) / 1e9) + this.#secondOffset;
  }

  #rebase(firstNs: bigint): void {
    const second = Math.floor(Number(firstNs) / 1e9);
    this.#secondOffset = this.#firstSecond === undefined ? 0 : this.#second + 1 - second;
    if (this.#firstSecond === undefined) this.#second = second;
    this.#firstSecond ??= second;
    this.#nowNs = firstNs;
  }
}
