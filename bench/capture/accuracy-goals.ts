import { cells } from './cells.ts';
import { type Goal, goal } from './goal.ts';
import { exitShare, namedShare, of, pooled, promptShare, type Results, seenShare, wrong } from './results.ts';
import type { Score } from './score.ts';
import { percent } from './table.ts';

/** The worst of some cells, the counts of all its rounds added up, and which cell it is. */
const worst = (results: Results, chosen: readonly string[], figure: (score: Score) => number | undefined) => {
  let found: { share: number; cell: string } | undefined;
  for (const cell of chosen) {
    const share = figure(pooled(of(results.accuracy, 'churntop', cell)));
    if (share !== undefined && (!found || share < found.share)) found = { share, cell };
  }
  return found;
};

const atLeast = (
  results: Results,
  what: string,
  chosen: readonly string[],
  [seen, named]: readonly [number, number],
) => {
  const one = (label: string, wanted: number, figure: typeof seenShare): Goal => {
    const found = worst(results, chosen, figure);
    const measured = found && `${percent(found.share)} (${found.cell})`;
    return goal(`${what}: ${label}`, `≥ ${wanted} %`, measured, (found?.share ?? 0) * 100 >= wanted);
  };
  return [one('seen', seen, seenShare), one('right comm', named, namedShare)];
};

const poisson = cells.filter(({ churn }) => churn.rate === 50 && !churn.threads);
const lived = (chosen: (life: number) => boolean, kind?: string) =>
  poisson
    .filter(({ churn }) => chosen(churn.lifeMs) && (kind === undefined || churn.kind === kind))
    .map(({ name }) => name);

export const accuracyGoals = (results: Results): Goal[] => {
  const every = pooled(of(results.accuracy, 'churntop'));
  const all = pooled(of([...results.accuracy, ...results.storm, ...results.stormAlone], 'churntop'));
  const share = (value: number | undefined) => (value === undefined ? undefined : percent(value));
  return [
    ...atLeast(
      results,
      '1 ms and longer',
      lived((life) => life >= 1),
      [99.7, 99],
    ),
    ...atLeast(
      results,
      '0.5 ms',
      lived((life) => life === 0.5),
      [99, 98],
    ),
    ...atLeast(
      results,
      'exec 0.2 ms',
      lived((life) => life === 0.2, 'exec'),
      [99, 97],
    ),
    ...atLeast(
      results,
      'fork 0.2 ms',
      lived((life) => life === 0.2, 'fork'),
      [95, 0],
    ).slice(0, 1),
    goal('exits, of those seen', '≥ 99.5 %', share(exitShare(every)), (exitShare(every) ?? 0) >= 0.995),
    goal('exits within 5 ms', '≥ 99.5 %', share(promptShare(every)), (promptShare(every) ?? 0) >= 0.995),
    goal(
      'told twice, invented, ended before born',
      '0',
      all.children > 0 ? `${all.duplicates}, ${all.invented}, ${all.early}` : undefined,
      wrong(all) === 0,
    ),
  ];
};
