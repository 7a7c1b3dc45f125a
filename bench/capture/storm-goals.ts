import { type Goal, goal } from './goal.ts';
import { exitShare, of, pooled, type Results, seenShare, wrong } from './results.ts';
import { percent } from './table.ts';

export const stormGoals = ({ storm, stormAlone, wrap, memory }: Results): Goal[] => {
  const told = of([...storm, ...stormAlone], 'churntop');
  const side = seenShare(pooled(of(storm, 'churntop')));
  const alone = seenShare(pooled(of(stormAlone, 'churntop')));
  const seen = alone ?? side;
  const errors = told.map(({ accounting }) =>
    accounting ? Math.abs(accounting.unseen - accounting.missed) / Math.max(1, accounting.forked) : 1,
  );
  const uneven = told.reduce((sum, { accounting }) => sum + (accounting?.unbalanced ?? 1), 0);
  const disorder = told.reduce((sum, outcome) => sum + outcome.disorder, 0);
  const had = told.length > 0;
  const counted = told.some(({ accounting }) => accounting !== undefined);
  const wrapped = typeof wrap === 'object' ? wrap.score : undefined;
  const growth = memory && (memory.toKiB - memory.fromKiB) / 1024;
  return [
    goal(
      'storm: seen (alone / beside the others)',
      '≥ 70 %, aim 90',
      had ? `${percent(alone)} / ${percent(side)}` : undefined,
      (seen ?? 0) >= 0.7,
    ),
    goal(
      'storm: unseen told against missed, worst',
      '± 1 % of forked',
      had ? (counted ? percent(Math.max(...errors)) : 'unknown (walk mode)') : undefined,
      Math.max(...errors) <= 0.01,
    ),
    goal(
      'storm: sums that do not add up, records out of order',
      '0',
      had ? `${uneven}, ${disorder}` : undefined,
      uneven + disorder === 0,
    ),
    goal(
      'PID wrap: exits of those seen',
      '100 %',
      wrapped && percent(exitShare(wrapped)),
      wrapped !== undefined && exitShare(wrapped) === 1,
    ),
    goal(
      'PID wrap: lives told twice, invented, merged',
      '0',
      wrapped && `${wrapped.duplicates}, ${wrapped.invented}, ${wrapped.early}`,
      wrapped !== undefined && wrong(wrapped) === 0,
    ),
    goal(
      `memory grown over a storm of ${memory?.minutes ?? 10} min`,
      '< 1 MiB',
      growth === undefined ? undefined : `${growth.toFixed(1)} MiB`,
      (growth ?? 9) < 1,
    ),
  ];
};
