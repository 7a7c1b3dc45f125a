/** Time after which the older half of the measurements is forgotten, ns. */
const halfWindowNs = 30_000_000_000n;
/** A rise by more than this, ns, shows that the guest is still catching up, so that its records are late, not its clock. */
const catchUpNs = 1_000_000_000n;
/** Time without such a rise after which a clock that is late is taken for slow, ns. */
const settleNs = 10_000_000_000n;

/**
 * The wall clock of a guest minus that of the viewer. Each batch of records gives a lower bound, because it takes time to
 * arrive. The result is the greatest of the last 30 to 60 seconds.
 */
export class Skew {
  #newest: bigint | undefined;
  #older: bigint | undefined;
  #halfEndsNs = 0n;
  #settledNs = 0n;

  /** The skew, ns: at least this. Undefined before the first batch. */
  get ns(): bigint | undefined {
    if (this.#older === undefined || this.#newest === undefined) return this.#newest ?? this.#older;
    return this.#newest > this.#older ? this.#newest : this.#older;
  }

  /** Adds the wall time of the last record of a batch minus the time of its arrival. `nowNs` is a monotonic time. */
  add(differenceNs: bigint, nowNs: bigint): void {
    const before = this.ns;
    if (before === undefined || differenceNs - before > catchUpNs) this.#settledNs = nowNs + settleNs;
    if (nowNs >= this.#halfEndsNs) {
      this.#older = this.#newest;
      this.#newest = undefined;
      this.#halfEndsNs = nowNs + halfWindowNs;
    }
    if (this.#newest === undefined || differenceNs > this.#newest) this.#newest = differenceNs;
  }

  /** Forgets all measurements, because the wall clock of the guest was set. */
  reset(): void {
    this.#newest = undefined;
    this.#older = undefined;
  }

  /**
   * Returns what to subtract from wall times of the guest, ns. Records from the future show that its clock is fast. Those
   * from the past may be late, so a slow clock is corrected only once the guest is not catching up.
   */
  correctionNs(nowNs: bigint): bigint {
    const { ns = 0n } = this;
    return ns > 0n || nowNs >= this.#settledNs ? ns : 0n;
  }
}
