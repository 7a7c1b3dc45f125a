import { accuracyGoals } from './accuracy-goals.ts';
import { sceneCosts } from './cost-table.ts';
import { createGoal, type Goal } from './goal.ts';
import type { Results } from './results.ts';
import { stormGoals } from './storm-goals.ts';
import { percent, table } from './table.ts';

const costGoals = (results: Results): Goal[] => {
  const [few, many] = [60, 5000].map((sleepers) =>
    sceneCosts(results).find(({ scene }) => scene.includes(`${sleepers.toLocaleString('en-US')} sleeping`)),
  );
  const ratio = many?.cpu !== undefined && few?.cpu ? many.cpu / few.cpu : undefined;
  return [
    createGoal({
      what: 'quiet CPU',
      required: '< 4 %',
      measured: few && percent(few.cpu),
      met: (few?.cpu ?? 1) < 0.04,
    }),
    createGoal({
      what: 'quiet CPU over the floor',
      required: '≤ 2 ×',
      measured: few?.ratio?.toFixed(2),
      met: (few?.ratio ?? 9) <= 2,
    }),
    createGoal({
      what: 'quiet CPU, 5,000 over 60 sleeping',
      required: '≤ 1.3 ×',
      measured: ratio?.toFixed(2),
      met: (ratio ?? 9) <= 1.3,
    }),
  ];
};

export const goalsOf = (results: Results): Goal[] => [
  ...accuracyGoals(results),
  ...costGoals(results),
  ...stormGoals(results),
];

/** Formats the goals that were measured. */
export const goalTable = (goals: readonly Goal[]): string =>
  table(
    ['goal', 'required', 'measured', 'met'],
    goals
      .filter(({ met }) => met !== undefined)
      .map(({ what, required, measured, met }) => [what, required, measured, met ? 'yes' : 'NO']),
  );
