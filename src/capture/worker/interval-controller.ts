/** Births come in bursts: look fast while the cursor moves and a little after, then slow down stepwise. */
const steps = [
  { restedMs: 100, intervalMs: 0.25 },
  { restedMs: 300, intervalMs: 0.5 },
  { restedMs: 1000, intervalMs: 1 },
];
const restingMs = 2;
/** A walk reads every process, so it is paced by its own cost and never faster than this. */
const shortestWalkMs = 10;
/** However tight the budget: slower than this is no monitor any more. */
const slowestMs = 1000;

/** How often the own CPU time is looked at. */
const measureMs = 250;
/** The budget holds over a minute: what is left of it may be spent on a storm, as storms are short. */
const budgetOverMs = 60_000;
/** A guest on which the cursor rested this long is quiet. */
const quietAfterMs = 1000;

export type PaceOptions = {
  /** A fixed time between looks, ms; undefined adapts. */
  pinnedMs: number | undefined;
  /** Share of one core the sampler may use while the guest is quiet, and while it churns; 0.05 is 5 %. */
  cpu: number;
  cpuBusy: number;
};

export type Pace = ReturnType<typeof createPace>;

/**
 * How long from one look to the next, in ms. A budget is kept by stretching the interval: over budget with nothing
 * saved up, looks get rarer by what was too much; well under it they close up again.
 */
export const createPace = ({ pinnedMs, cpu, cpuBusy }: PaceOptions) => {
  let movedMs = Number.NEGATIVE_INFINITY;
  let stretch = 1;
  let saved = cpuBusy * budgetOverMs;
  let measuredMs = Number.NaN;
  let measuredCpuMs = 0;
  let nextMs = pinnedMs ?? restingMs;

  const budget = (nowMs: number) => (nowMs - movedMs < quietAfterMs ? cpuBusy : cpu);

  const adaptive = (nowMs: number, walkCostMs: number | undefined): number => {
    if (walkCostMs !== undefined) return Math.max(shortestWalkMs, walkCostMs / budget(nowMs));
    const rested = nowMs - movedMs;
    for (const { restedMs, intervalMs } of steps) if (rested < restedMs) return intervalMs;
    return restingMs;
  };

  return {
    /** The cursor moved (or a walk found something). */
    moved(nowMs: number): void {
      movedMs = nowMs;
    },
    /** Own CPU time is due to be measured: tell `spent`. */
    wantsCpu: (nowMs: number): boolean => !(nowMs - measuredMs < measureMs),
    /** Own CPU time so far, ms. */
    spent(nowMs: number, cpuMs: number): void {
      const span = nowMs - measuredMs;
      if (span > 0) {
        const allowed = budget(nowMs);
        const used = (cpuMs - measuredCpuMs) / span;
        saved = Math.min(cpuBusy * budgetOverMs, Math.max(0, saved + (allowed - used) * span));
        if (used > allowed && saved === 0)
          stretch = Math.min(slowestMs, stretch * Math.min(2, used / allowed));
        else if (used < allowed * 0.9) stretch = Math.max(1, stretch * 0.8);
      }
      measuredMs = nowMs;
      measuredCpuMs = cpuMs;
    },
    /** Time from this look to the next; `walkCostMs` is what a look costs where looking is walking. */
    next(nowMs: number, walkCostMs?: number): number {
      nextMs = pinnedMs ?? Math.min(slowestMs, adaptive(nowMs, walkCostMs) * stretch);
      return nextMs;
    },
    /** The interval last given, ms. */
    intervalMs(): number {
      return nextMs;
    },
    /** Looking is rarer than it would be, for the budget's sake. */
    throttled(): boolean {
      return pinnedMs === undefined && stretch > 1;
    },
    /** The share of a core allowed just now. */
    budget,
  };
};
