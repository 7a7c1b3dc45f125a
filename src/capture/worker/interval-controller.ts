/** Spawns come in bursts: sample fast while the PID counter moves and shortly after, then slow down in steps. */
const intervalSteps = [
  { idleMs: 100, intervalMs: 0.25 },
  { idleMs: 300, intervalMs: 0.5 },
  { idleMs: 1000, intervalMs: 1 },
];
const idleIntervalMs = 2;
/** A walk reads every process, so its interval depends on its duration and is never shorter than this. */
const minWalkIntervalMs = 10;
/** The interval never becomes longer than this, however low the CPU limit is. */
const maxIntervalMs = 1000;

const measureIntervalMs = 250;
/** The CPU limit is an average over this window: a short storm may use the CPU time that a quiet minute has saved. */
const creditWindowMs = 60_000;
/** The guest is quiet when the PID counter has not moved for this long. */
const quietAfterMs = 1000;

export type IntervalControllerOptions = {
  /** A fixed sampling interval, ms. Undefined: adaptive. */
  fixedMs: number | undefined;
  /** CPU limit while the guest is quiet, as a share of one core; 0.05 is 5 %. */
  cpuLimit: number;
  /** CPU limit while processes spawn and exit, as a share of one core. */
  cpuLimitBusy: number;
};

/**
 * Computes the sampling interval. While the CPU usage is above the limit and no credit is left, the interval grows in
 * proportion. It shrinks again when the usage is clearly below the limit.
 */
export class IntervalController {
  readonly #fixedMs: number | undefined;
  readonly #cpuLimit: number;
  readonly #cpuLimitBusy: number;
  #lastActivityMs = Number.NEGATIVE_INFINITY;
  /** Factor on the interval, at least 1. */
  #backoff = 1;
  /** CPU time that may be used beyond the limit, ms. */
  #creditMs: number;
  #measuredMs = Number.NaN;
  #measuredCpuMs = 0;
  #intervalMs: number;

  constructor({ fixedMs, cpuLimit, cpuLimitBusy }: IntervalControllerOptions) {
    this.#fixedMs = fixedMs;
    this.#cpuLimit = cpuLimit;
    this.#cpuLimitBusy = cpuLimitBusy;
    this.#creditMs = cpuLimitBusy * creditWindowMs;
    this.#intervalMs = fixedMs ?? idleIntervalMs;
  }

  /** The interval last returned by `next`, ms. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Whether the interval is longer than usual because of the CPU limit. */
  get throttled(): boolean {
    return this.#fixedMs === undefined && this.#backoff > 1;
  }

  /** Returns the CPU limit that applies now, as a share of one core. */
  cpuLimit(nowMs: number): number {
    return nowMs - this.#lastActivityMs < quietAfterMs ? this.#cpuLimitBusy : this.#cpuLimit;
  }

  /** Records that a sample found a change. */
  recordActivity(nowMs: number): void {
    this.#lastActivityMs = nowMs;
  }

  /** Returns whether `recordCpu` is due. */
  isCpuDue(nowMs: number): boolean {
    return !(nowMs - this.#measuredMs < measureIntervalMs);
  }

  /** Updates the backoff. `cpuMs`: CPU time of the sampling thread since its start. */
  recordCpu(nowMs: number, cpuMs: number): void {
    const elapsedMs = nowMs - this.#measuredMs;
    if (elapsedMs > 0) {
      const limit = this.cpuLimit(nowMs);
      const usage = (cpuMs - this.#measuredCpuMs) / elapsedMs;
      const creditMs = this.#creditMs + (limit - usage) * elapsedMs;
      this.#creditMs = Math.min(this.#cpuLimitBusy * creditWindowMs, Math.max(0, creditMs));
      if (usage > limit && this.#creditMs === 0)
        this.#backoff = Math.min(maxIntervalMs, this.#backoff * Math.min(2, usage / limit));
      else if (usage < limit * 0.9) this.#backoff = Math.max(1, this.#backoff * 0.8);
    }
    this.#measuredMs = nowMs;
    this.#measuredCpuMs = cpuMs;
  }

  /** Returns the time from this sample to the next, ms. `walkCostMs`: duration of the sample in walk mode. */
  next(nowMs: number, walkCostMs?: number): number {
    this.#intervalMs =
      this.#fixedMs ?? Math.min(maxIntervalMs, this.#adaptiveMs(nowMs, walkCostMs) * this.#backoff);
    return this.#intervalMs;
  }

  #adaptiveMs(nowMs: number, walkCostMs: number | undefined): number {
    if (walkCostMs !== undefined) return Math.max(minWalkIntervalMs, walkCostMs / this.cpuLimit(nowMs));
    const forMs = nowMs - this.#lastActivityMs;
    for (const { idleMs, intervalMs } of intervalSteps) if (forMs < idleMs) return intervalMs;
    return idleIntervalMs;
  }
}
