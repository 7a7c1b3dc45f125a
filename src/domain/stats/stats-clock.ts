/** Identifies the guest and the clock of a trace: times of the same boot are comparable. */
export type ClockOrigin = {
  host: string;
  boot_id: string;
  pid_ns?: string;
  clock?: { monotonic_ns: bigint; realtime: string };
};

/** The time of the newest record. Seconds stay monotonic across recorders and boots, whose clocks restart. */
export class StatsClock {
  #nowNs = 0n;
  #startNs: bigint | undefined;
  #previousSpanNs = 0n;
  #firstSecond: number | undefined;
  #second = 0;
  /** Added to the seconds of the current boot's clock. */
  #secondOffset = 0;
  #origin: ClockOrigin | undefined;

  /** CLOCK_MONOTONIC time of the newest record, in ns. */
  get nowNs(): bigint {
    return this.#nowNs;
  }

  /** Second of the newest record. It never decreases. */
  get second(): number {
    return this.#second;
  }

  /** Time covered by the records of all recorders, in ns. */
  get spanNs(): bigint {
    return this.#previousSpanNs + (this.#startNs === undefined ? 0n : this.#nowNs - this.#startNs);
  }

  /** Seconds since the first record. */
  get elapsedSeconds(): number {
    return this.#second - (this.#firstSecond ?? this.#second);
  }

  /** Starts the records of another recorder. Its clock differs if the boot differs. */
  startRecorder(origin: ClockOrigin | undefined): void {
    const previous = this.#origin;
    this.#previousSpanNs = this.spanNs;
    this.#startNs = undefined;
    if (previous?.boot_id !== origin?.boot_id || previous?.host !== origin?.host) this.#nowNs = 0n;
    this.#origin = origin;
  }

  /** Advances to the time of a record. Records may be slightly out of order. */
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

  /** Returns the second of a time of the current recorder. */
  secondOf(ns: bigint): number {
    return Math.floor(Number(ns) / 1e9) + this.#secondOffset;
  }

  /** Continues the seconds after the last one of the previous boot. */
  #rebase(firstNs: bigint): void {
    const second = Math.floor(Number(firstNs) / 1e9);
    this.#secondOffset = this.#firstSecond === undefined ? 0 : this.#second + 1 - second;
    if (this.#firstSecond === undefined) this.#second = second;
    this.#firstSecond ??= second;
    this.#nowNs = firstNs;
  }
}
