/** Births come in bursts: look fast while the cursor moves and a little after, then slow down stepwise. */
const intervalSteps = [
  { restedMs: 100, intervalMs: 0.25 },
  { restedMs: 300, intervalMs: 0.5 },
  { restedMs: 1000, intervalMs: 1 },
];
const idleIntervalMs = 2;
/** A walk reads every process, so it is paced by its own cost and never faster than this. */
const minWalkIntervalMs = 10;
/** However tight the budget: slower than this is no monitor any more. */
const maxIntervalMs = 1000;

/** How often the own CPU time is looked at. */
const measureIntervalMs = 250;
/** The budget holds over a minute: what is left of it may be spent on a storm, as storms are short. */
const budgetWindowMs = 60_000;
/** A guest on which the cursor rested this long is quiet. */
const quietAfterMs = 1000;

export type IntervalControllerOptions = {
  /** A fixed time between looks, ms; undefined adapts. */
  fixedMs: number | undefined;
  /** Share of one core the sampler may use while the guest is quiet, and while it churns; 0.05 is 5 %. */
  cpuLimit: number;
  cpuLimitBusy: number;
};

export type IntervalController = ReturnType<typeof createIntervalController>;

/**
 * How long from one look to the next, in ms. A budget is kept by stretching the interval: over budget with nothing
 * saved up, looks get rarer by what was too much; well under it they close up again.
 */
export const createIntervalController = ({ fixedMs, cpuLimit, cpuLimitBusy }: IntervalControllerOptions) => {
  let lastActivityMs = Number.NEGATIVE_INFINITY;
  let backoff = 1;
  let creditMs = cpuLimitBusy * budgetWindowMs;
  let measuredMs = Number.NaN;
  let measuredCpuMs = 0;
  let nextMs = fixedMs ?? idleIntervalMs;

  const budget = (nowMs: number) => (nowMs - lastActivityMs < quietAfterMs ? cpuLimitBusy : cpuLimit);

  const adaptive = (nowMs: number, walkCostMs: number | undefined): number => {
    if (walkCostMs !== undefined) return Math.max(minWalkIntervalMs, walkCostMs / budget(nowMs));
    const rested = nowMs - lastActivityMs;
    for (const { restedMs, intervalMs } of intervalSteps) if (rested < restedMs) return intervalMs;
    return idleIntervalMs;
  };

  return {
    /** The cursor moved (or a walk found something). */
    activity(nowMs: number): void {
      lastActivityMs = nowMs;
    },
    /** Own CPU time is due to be measured: tell `spent`. */
    cpuDue: (nowMs: number): boolean => !(nowMs - measuredMs < measureIntervalMs),
    /** Own CPU time so far, ms. */
    recordCpu(nowMs: number, cpuMs: number): void {
      const span = nowMs - measuredMs;
      if (span > 0) {
        const allowed = budget(nowMs);
        const used = (cpuMs - measuredCpuMs) / span;
        creditMs = Math.min(cpuLimitBusy * budgetWindowMs, Math.max(0, creditMs + (allowed - used) * span));
        if (used > allowed && creditMs === 0)
          backoff = Math.min(maxIntervalMs, backoff * Math.min(2, used / allowed));
        else if (used < allowed * 0.9) backoff = Math.max(1, backoff * 0.8);
      }
      measuredMs = nowMs;
      measuredCpuMs = cpuMs;
    },
    /** Time from this look to the next; `walkCostMs` is what a look costs where looking is walking. */
    next(nowMs: number, walkCostMs?: number): number {
      nextMs = fixedMs ?? Math.min(maxIntervalMs, adaptive(nowMs, walkCostMs) * backoff);
      return nextMs;
    },
    /** The interval last given, ms. */
    intervalMs(): number {
      return nextMs;
    },
    /** Looking is rarer than it would be, for the budget's sake. */
    throttled(): boolean {
      return fixedMs === undefined && backoff > 1;
    },
    /** The share of a core allowed just now. */
    budget,
  };
};
