import type { Churn } from '../generators/churn.ts';

/** One row of the accuracy table: a kind of churn that all tools observe. */
export type Workload = { name: string; churn: Churn };

const lifetimesMs = [0.2, 0.5, 1, 5, 20, 50, 200];
const steady = (kind: Churn['kind'], lifetimeMs: number): Workload => ({
  name: `${kind} ${lifetimeMs} ms`,
  churn: { kind, lifetimeMs, rate: 50 },
});

/** 50 children per second at random times, bursts of 20 at once, and the same with threads in between. */
export const workloads: readonly Workload[] = [
  ...lifetimesMs.map((lifetimeMs) => steady('exec', lifetimeMs)),
  ...lifetimesMs.map((lifetimeMs) => steady('fork', lifetimeMs)),
  steady('named', 0.5),
  steady('named', 1),
  { name: 'exec 1 ms, bursts of 20', churn: { kind: 'exec', lifetimeMs: 1, rate: 2.5, burst: 20 } },
  { name: 'fork 1 ms, bursts of 20', churn: { kind: 'fork', lifetimeMs: 1, rate: 2.5, burst: 20 } },
  { name: 'exec 1 ms, 500 threads/s', churn: { kind: 'exec', lifetimeMs: 1, rate: 50, threads: 500 } },
  { name: 'fork 1 ms, 500 threads/s', churn: { kind: 'fork', lifetimeMs: 1, rate: 50, threads: 500 } },
];

/** Spawns as fast as one generator can fork. */
export const storm: Workload = {
  name: 'storm, fork 1 ms',
  churn: { kind: 'fork', lifetimeMs: 1, rate: 0 },
};
