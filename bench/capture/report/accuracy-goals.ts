import type { Score } from '../measure/score.ts';
import { workloads } from '../measure/workloads.ts';
import { ownName, type Source } from '../tools/tool.ts';
import { createGoal, type Goal } from './goal.ts';
import {
  exitShare,
  namedShare,
  outcomesOf,
  promptShare,
  type Results,
  rightStatusShare,
  seenShare,
  totalScore,
} from './results.ts';
import { percent } from './table.ts';

type Figure = (score: Score) => number | undefined;

/** A share that is required in each of some workloads, in percent. */
type ShareGoal = { what: string; names: readonly string[]; figure: Figure; required: number };

/** Returns the lowest share among some workloads, with all rounds of each added up. */
const lowestShare = (results: Results, source: Source, { names, figure }: ShareGoal) => {
  let lowest: { share: number; workload: string } | undefined;
  for (const workload of names) {
    const share = figure(totalScore(outcomesOf(results.accuracy, ownName(source), workload)));
    if (share !== undefined && (!lowest || share < lowest.share)) lowest = { share, workload };
  }
  return lowest;
};

const goalFor = (results: Results, source: Source, goal: ShareGoal): Goal => {
  const lowest = lowestShare(results, source, goal);
  return createGoal({
    what: `${source}: ${goal.what}`,
    required: goal.required === 100 ? '100 %' : `≥ ${goal.required} %`,
    measured: lowest && `${percent(lowest.share)} (${lowest.workload})`,
    met: (lowest?.share ?? 0) * 100 >= goal.required,
  });
};

const every = workloads.map(({ name }) => name);
const steadyNames = (matches: (lifetimeMs: number) => boolean, kind?: string) =>
  workloads
    .filter(({ churn: { rate, threads, busy } }) => rate === 50 && threads === undefined && !busy)
    .filter(({ churn }) => matches(churn.lifetimeMs) && (kind === undefined || churn.kind === kind))
    .map(({ name }) => name);

const seen = (what: string, names: readonly string[], required: number): ShareGoal => ({
  ...{ what: `${what}: seen`, names, required },
  figure: seenShare,
});
const named = (what: string, names: readonly string[], required: number): ShareGoal => ({
  ...{ what: `${what}: right comm`, names, required },
  figure: namedShare,
});

const fromOneMs = steadyNames((ms) => ms >= 1);
const halfMs = steadyNames((ms) => ms === 0.5);
const shortExecs = steadyNames((ms) => ms === 0.2, 'exec');
const shortForks = steadyNames((ms) => ms === 0.2, 'fork');

const shareGoals: Record<Source, readonly ShareGoal[]> = {
  kernel: [
    seen('every row', every, 100),
    named('every row', every, 99.5),
    { what: 'every row: exits, of those seen', names: every, figure: exitShare, required: 100 },
    { what: 'every row: right exit status', names: every, figure: rightStatusShare, required: 100 },
  ],
  proc: [
    seen('1 ms and longer', fromOneMs, 99.7),
    named('1 ms and longer', fromOneMs, 99),
    seen('0.5 ms', halfMs, 99),
    named('0.5 ms', halfMs, 98),
    seen('exec 0.2 ms', shortExecs, 99),
    named('exec 0.2 ms', shortExecs, 97),
    seen('fork 0.2 ms', shortForks, 95),
  ],
};

export const accuracyGoals = (results: Results, source: Source): Goal[] => {
  const name = ownName(source);
  const outcomes = outcomesOf([...results.accuracy, ...results.storm, ...results.stormAlone], name);
  const all = totalScore(outcomes);
  const steadyScore = totalScore(outcomesOf(results.accuracy, name));
  const total = (what: string, share: number | undefined, required: number): Goal =>
    createGoal({
      what: `${source}: ${what}`,
      required: `≥ ${required} %`,
      measured: share === undefined ? undefined : percent(share),
      met: (share ?? 0) * 100 >= required,
    });
  const none = (what: string, counts: readonly number[]): Goal =>
    createGoal({
      what: `${source}: ${what}`,
      required: '0',
      measured: all.children > 0 ? counts.join(', ') : undefined,
      met: counts.every((count) => count === 0),
    });
  const fallbacks = outcomes.filter(({ modes }) => modes.length > 1).length;
  return [
    ...shareGoals[source].map((goal) => goalFor(results, source, goal)),
    total('exits, of those seen', exitShare(steadyScore), 99.5),
    total('exits within 5 ms', promptShare(steadyScore), 99.5),
    none('reported twice, invented, exit before spawn', [all.duplicates, all.invented, all.earlyExits]),
    none('wrong exit statuses', [all.wrongStatuses]),
    none('rows in which the source failed', [fallbacks]),
  ];
};
