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
/**
 * The CPU limit applies to the mean of the last minute, weighted exponentially like a load average. So a short storm may
 * use the CPU time that a quiet minute has saved.
 */
const meanWindowMs = 60_000;
/** The interval grows this long before the mean would exceed the limit, because that takes a few measurements. */
const lookaheadMs = 1000;
/** The interval grows when this share of the limit is reached. The rest is for sudden increases. */
const targetShare = 0.97;
/** The interval grows by at most this factor at once, because a single measurement can be wrong. */
const maxGrowth = 4;
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
 * Computes the sampling interval. When the mean CPU usage reaches the limit, the interval grows until the usage is at the
 * limit. It shrinks again when the usage is clearly below.
 */
export class IntervalController {
  readonly #fixedMs: number | undefined;
  readonly #cpuLimit: number;
  readonly #cpuLimitBusy: number;
  #lastActivityMs = Number.NEGATIVE_INFINITY;
  /** Factor on the interval, at least 1. */
  #backoff = 1;
  #meanUsage = 0;
  #meanLimit: number;
  #measuredMs = Number.NaN;
  #measuredCpuMs = 0;
  #intervalMs: number;

  constructor({ fixedMs, cpuLimit, cpuLimitBusy }: IntervalControllerOptions) {
    this.#fixedMs = fixedMs;
    this.#cpuLimit = cpuLimit;
    this.#cpuLimitBusy = cpuLimitBusy;
    this.#meanLimit = cpuLimit;
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

  /** Mean CPU usage over the last minute, as a share of one core. The time before the start counts as unused. */
  get meanUsage(): number {
    return this.#meanUsage;
  }

  /** Limit of `meanUsage`. It rises at once when the guest becomes busy, and falls like the mean after that. */
  get meanLimit(): number {
    return this.#meanLimit;
  }

  /** Returns the CPU limit that applies to the current usage, as a share of one core. */
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
      const weight = 1 - Math.exp(-elapsedMs / meanWindowMs);
      this.#meanUsage += (usage - this.#meanUsage) * weight;
      this.#meanLimit = Math.max(limit, this.#meanLimit + (limit - this.#meanLimit) * weight);
      const expectedUsage = expectedMean(this.#meanUsage, usage);
      if (usage > limit && expectedUsage > expectedMean(this.#meanLimit, limit) * targetShare)
        this.#backoff = Math.min(maxIntervalMs, this.#backoff * Math.min(maxGrowth, usage / limit));
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

/** Returns about what a mean will be after `lookaheadMs` with this value. */
const expectedMean = (mean: number, value: number): number =>
  mean + ((value - mean) * lookaheadMs) / meanWindowMs;
