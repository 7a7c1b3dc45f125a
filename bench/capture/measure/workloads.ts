import type { Churn } from '../generators/churn.ts';

/** One row of a table: a kind of churn that all tools observe. */
export type Workload = {
  name: string;
  churn: Churn;
  /** Whether `--quick` omits the row. */
  omitWhenQuick?: boolean;
};

const lifetimesMs = [0.2, 0.5, 1, 5, 20, 50, 200];
const steady = (kind: Churn['kind'], lifetimeMs: number): Workload => ({
  name: `${kind} ${lifetimeMs} ms`,
  churn: { kind, lifetimeMs, rate: 50 },
  omitWhenQuick: lifetimeMs > 1,
});

/** 50 children per second at random times, bursts of 20 at once, and the same with threads or busy loops in between. */
export const workloads: readonly Workload[] = [
  ...lifetimesMs.map((lifetimeMs) => steady('exec', lifetimeMs)),
  ...lifetimesMs.map((lifetimeMs) => steady('fork', lifetimeMs)),
  steady('named', 0.5),
  steady('named', 1),
  { name: 'exec 1 ms, bursts of 20', churn: { kind: 'exec', lifetimeMs: 1, rate: 2.5, burst: 20 } },
  { name: 'fork 1 ms, bursts of 20', churn: { kind: 'fork', lifetimeMs: 1, rate: 2.5, burst: 20 } },
  { name: 'exec 1 ms, 500 threads/s', churn: { kind: 'exec', lifetimeMs: 1, rate: 50, threads: 500 } },
  { name: 'fork 1 ms, 500 threads/s', churn: { kind: 'fork', lifetimeMs: 1, rate: 50, threads: 500 } },
  { name: 'exec 1 ms, cores busy', churn: { kind: 'exec', lifetimeMs: 1, rate: 50, busy: true } },
  { name: 'fork 1 ms, cores busy', churn: { kind: 'fork', lifetimeMs: 1, rate: 50, busy: true } },
];

/** Storms at a rate that the machine can sustain. */
export const limitedStorms: readonly Workload[] = [
  { name: 'storm, fork 1 ms, 800/s', churn: { kind: 'fork', lifetimeMs: 1, rate: 800 } },
  { name: 'storm, exec 1 ms, 800/s', churn: { kind: 'exec', lifetimeMs: 1, rate: 800 } },
  { name: 'storm, vfork 50 µs, 2,000/s', churn: { kind: 'vfork', lifetimeMs: 0.05, rate: 2000 } },
];

/** The storm in which memory is measured as well. */
export const forkStorm: Workload = {
  name: 'storm, fork 1 ms',
  churn: { kind: 'fork', lifetimeMs: 1, rate: 0 },
};

/** Spawns, or threads, as fast as one generator can create them. */
export const fullStorms: readonly Workload[] = [
  forkStorm,
  { name: 'storm, exec 1 ms', churn: { kind: 'exec', lifetimeMs: 1, rate: 0 } },
  { name: 'storm, vfork 50 µs', churn: { kind: 'vfork', lifetimeMs: 0.05, rate: 0 } },
  { name: 'storm, threads', churn: { kind: 'fork', lifetimeMs: 1, rate: 50, threads: 0 } },
];

export const storms: readonly Workload[] = [...limitedStorms, ...fullStorms];

export const isStorm = (workload: Workload): boolean => storms.includes(workload);
