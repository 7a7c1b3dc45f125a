import type { Churn } from './generator.ts';

/** One kind of churn, run for a while under the eyes of all. */
export type Cell = { name: string; churn: Churn };

const lives = [0.2, 0.5, 1, 5, 20, 50, 200];
const poisson = (kind: Churn['kind'], lifeMs: number): Cell => ({
  name: `${kind} ${lifeMs} ms`,
  churn: { kind, lifeMs, rate: 50 },
});

/** 50 children a second at random moments, bursts of 20 at once, and the same amid threads. */
export const cells: readonly Cell[] = [
  ...lives.map((lifeMs) => poisson('exec', lifeMs)),
  ...lives.map((lifeMs) => poisson('fork', lifeMs)),
  poisson('named', 0.5),
  poisson('named', 1),
  { name: 'exec 1 ms, bursts of 20', churn: { kind: 'exec', lifeMs: 1, rate: 2.5, burst: 20 } },
  { name: 'fork 1 ms, bursts of 20', churn: { kind: 'fork', lifeMs: 1, rate: 2.5, burst: 20 } },
  { name: 'exec 1 ms, 500 threads/s', churn: { kind: 'exec', lifeMs: 1, rate: 50, threads: 500 } },
  { name: 'fork 1 ms, 500 threads/s', churn: { kind: 'fork', lifeMs: 1, rate: 50, threads: 500 } },
];

export const storm: Cell = { name: 'storm, fork 1 ms', churn: { kind: 'fork', lifeMs: 1, rate: 0 } };
