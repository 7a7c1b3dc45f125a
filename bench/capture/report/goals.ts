import { accuracyGoals } from './accuracy-goals.ts';
import { costGoals } from './cost-goals.ts';
import type { Goal } from './goal.ts';
import type { Results } from './results.ts';
import { sourcesIn } from './results.ts';
import { memoryGoals, pidWrapGoals, stormGoals } from './storm-goals.ts';
import { table } from './table.ts';

/** Returns the goals of each source that took part. */
export const goalsOf = (results: Results): Goal[] => [
  ...sourcesIn(results).flatMap((source) => [
    ...accuracyGoals(results, source),
    ...costGoals(results, source),
    ...stormGoals(results, source),
  ]),
  ...pidWrapGoals(results),
  ...memoryGoals(results),
];

/** Formats the goals that were measured. */
export const goalTable = (goals: readonly Goal[]): string =>
  table(
    ['goal', 'required', 'measured', 'met'],
    goals
      .filter(({ met }) => met !== undefined)
      .map(({ what, required, measured, met }) => [what, required, measured, met ? 'yes' : 'NO']),
  );
