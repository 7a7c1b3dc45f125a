import type { Score } from '../measure/score.ts';
import { workloads } from '../measure/workloads.ts';
import { createGoal, type Goal } from './goal.ts';
import {
  exitShare,
  namedShare,
  outcomesOf,
  promptShare,
  type Results,
  seenShare,
  totalScore,
  wrongReports,
} from './results.ts';
import { percent } from './table.ts';

type Figure = (score: Score) => number | undefined;

/** Returns the lowest share among some workloads, with all rounds of each added up. */
const lowestShare = (results: Results, names: readonly string[], figure: Figure) => {
  let lowest: { share: number; workload: string } | undefined;
  for (const workload of names) {
    const share = figure(totalScore(outcomesOf(results.accuracy, 'churntop', workload)));
    if (share !== undefined && (!lowest || share < lowest.share)) lowest = { share, workload };
  }
  return lowest;
};

/** Goals for some workloads, in percent. */
type AccuracyGoal = { what: string; names: readonly string[]; seen: number; named?: number };

const goalsFor = (results: Results, { what, names, seen, named }: AccuracyGoal): Goal[] => {
  const goalOf = (label: string, required: number, figure: Figure): Goal => {
    const lowest = lowestShare(results, names, figure);
    return createGoal({
      what: `${what}: ${label}`,
      required: `≥ ${required} %`,
      measured: lowest && `${percent(lowest.share)} (${lowest.workload})`,
      met: (lowest?.share ?? 0) * 100 >= required,
    });
  };
  const seenGoal = goalOf('seen', seen, seenShare);
  return named === undefined ? [seenGoal] : [seenGoal, goalOf('right comm', named, namedShare)];
};

const steady = workloads.filter(({ churn }) => churn.rate === 50 && !churn.threads);
const steadyNames = (matches: (lifetimeMs: number) => boolean, kind?: string) =>
  steady
    .filter(({ churn }) => matches(churn.lifetimeMs) && (kind === undefined || churn.kind === kind))
    .map(({ name }) => name);

const goals: readonly AccuracyGoal[] = [
  { what: '1 ms and longer', names: steadyNames((ms) => ms >= 1), seen: 99.7, named: 99 },
  { what: '0.5 ms', names: steadyNames((ms) => ms === 0.5), seen: 99, named: 98 },
  { what: 'exec 0.2 ms', names: steadyNames((ms) => ms === 0.2, 'exec'), seen: 99, named: 97 },
  { what: 'fork 0.2 ms', names: steadyNames((ms) => ms === 0.2, 'fork'), seen: 95 },
];

export const accuracyGoals = (results: Results): Goal[] => {
  const steadyScore = totalScore(outcomesOf(results.accuracy, 'churntop'));
  const outcomes = [...results.accuracy, ...results.storm, ...results.stormAlone];
  const all = totalScore(outcomesOf(outcomes, 'churntop'));
  const shareGoal = (what: string, share: number | undefined) =>
    createGoal({
      what,
      required: '≥ 99.5 %',
      measured: share === undefined ? undefined : percent(share),
      met: (share ?? 0) >= 0.995,
    });
  return [
    ...goals.flatMap((goal) => goalsFor(results, goal)),
    shareGoal('exits, of those seen', exitShare(steadyScore)),
    shareGoal('exits within 5 ms', promptShare(steadyScore)),
    createGoal({
      what: 'reported twice, invented, exit before spawn',
      required: '0',
      measured: all.children > 0 ? `${all.duplicates}, ${all.invented}, ${all.earlyExits}` : undefined,
      met: wrongReports(all) === 0,
    }),
  ];
};
