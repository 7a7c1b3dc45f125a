/** Reads for the screen per second. One takes about 0.15 ms of another core, so that they take at most 4 % of it. */
const readsPerSecond = 250;
/** Reads at once after a quiet time. */
const maxBurst = 250;

/** Limits the reads of arguments and control groups for the screen (token bucket). */
export class ReadBudget {
  #tokens = maxBurst;
  #atMs: number | undefined;

  /** Takes one read. Returns whether the budget allows it. */
  take(nowMs: number): boolean {
    const elapsedMs = Math.max(0, nowMs - (this.#atMs ?? nowMs));
    this.#tokens = Math.min(maxBurst, this.#tokens + (elapsedMs * readsPerSecond) / 1000);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
