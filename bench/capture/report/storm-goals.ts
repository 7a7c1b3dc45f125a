import type { Outcome } from '../measure/session.ts';
import { createGoal, type Goal } from './goal.ts';
import { exitShare, outcomesOf, type Results, seenShare, totalScore, wrongReports } from './results.ts';
import { percent } from './table.ts';

/** The largest difference between missed tasks as reported and as measured, relative to the children forked. */
const worstError = (outcomes: readonly Outcome[]): number =>
  Math.max(
    ...outcomes.map(({ accounting }) =>
      accounting ? Math.abs(accounting.missedTasks - accounting.missed) / Math.max(1, accounting.forked) : 1,
    ),
  );

export const stormGoals = ({ storm, stormAlone, pidWrap, memory }: Results): Goal[] => {
  const outcomes = outcomesOf([...storm, ...stormAlone], 'churntop');
  const seenBeside = seenShare(totalScore(outcomesOf(storm, 'churntop')));
  const seenAlone = seenShare(totalScore(outcomesOf(stormAlone, 'churntop')));
  const error = worstError(outcomes);
  const unbalanced = outcomes.reduce((sum, { accounting }) => sum + (accounting?.unbalanced ?? 1), 0);
  const disorder = outcomes.reduce((sum, outcome) => sum + outcome.disorder, 0);
  const hasAccounting = outcomes.some(({ accounting }) => accounting !== undefined);
  const ifMeasured = (text: string) => (outcomes.length > 0 ? text : undefined);
  const wrapped = typeof pidWrap === 'object' ? pidWrap.score : undefined;
  const growthMiB = memory && (memory.lastQuarterKiB - memory.secondQuarterKiB) / 1024;
  return [
    createGoal({
      what: 'storm: seen (alone / with other tools)',
      required: '≥ 70 %, aim 90',
      measured: ifMeasured(`${percent(seenAlone)} / ${percent(seenBeside)}`),
      met: (seenAlone ?? seenBeside ?? 0) >= 0.7,
    }),
    createGoal({
      what: 'storm: reported missed against missed, worst',
      required: '± 1 % of forked',
      measured: ifMeasured(hasAccounting ? percent(error) : 'unknown (walk mode)'),
      met: error <= 0.01,
    }),
    createGoal({
      what: 'storm: unbalanced counters, records out of order',
      required: '0',
      measured: ifMeasured(`${unbalanced}, ${disorder}`),
      met: unbalanced + disorder === 0,
    }),
    createGoal({
      what: 'PID wrap: exits of those seen',
      required: '100 %',
      measured: wrapped && percent(exitShare(wrapped)),
      met: wrapped !== undefined && exitShare(wrapped) === 1,
    }),
    createGoal({
      what: 'PID wrap: reported twice, invented, merged',
      required: '0',
      measured: wrapped && `${wrapped.duplicates}, ${wrapped.invented}, ${wrapped.earlyExits}`,
      met: wrapped !== undefined && wrongReports(wrapped) === 0,
    }),
    createGoal({
      what: `memory growth in a storm of ${memory?.minutes ?? 10} min`,
      required: '< 1 MiB',
      measured: growthMiB === undefined ? undefined : `${growthMiB.toFixed(1)} MiB`,
      met: (growthMiB ?? 9) < 1,
    }),
  ];
};
