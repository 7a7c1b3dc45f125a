import { accuracyGoals } from './accuracy-goals.ts';
import { sceneCosts } from './cost-table.ts';
import { type Goal, goal } from './goal.ts';
import type { Results } from './results.ts';
import { stormGoals } from './storm-goals.ts';
import { percent, table } from './table.ts';

const costGoals = (results: Results): Goal[] => {
  const [few, many] = [60, 5000].map((sleepers) =>
    sceneCosts(results).find(({ scene }) => scene.includes(`${sleepers.toLocaleString('en-US')} sleeping`)),
  );
  const ratio = many?.cpu !== undefined && few?.cpu ? many.cpu / few.cpu : undefined;
  return [
    goal('quiet CPU', '< 4 %', few && percent(few.cpu), (few?.cpu ?? 1) < 0.04),
    goal('quiet CPU over the floor', '≤ 2 ×', few?.ratio?.toFixed(2), (few?.ratio ?? 9) <= 2),
    goal('quiet CPU, 5,000 over 60 sleeping', '≤ 1.3 ×', ratio?.toFixed(2), (ratio ?? 9) <= 1.3),
  ];
};

export const goalsOf = (results: Results): Goal[] => [
  ...accuracyGoals(results),
  ...costGoals(results),
  ...stormGoals(results),
];

/** Only what was measured: a part that was not asked for, or not permitted, has no row. */
export const goalTable = (goals: readonly Goal[]): string =>
  table(
    ['must reach', 'wanted', 'measured', 'met'],
    goals
      .filter(({ met }) => met !== undefined)
      .map(({ what, wanted, measured, met }) => [what, wanted, measured, met ? 'yes' : 'NO']),
  );
