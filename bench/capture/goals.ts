import { cells } from './cells.ts';
import { sceneCosts } from './cost-table.ts';
import { exitShare, namedShare, of, pooled, promptShare, type Results, seenShare, wrong } from './results.ts';
import type { Score } from './score.ts';
import { none, percent, table } from './table.ts';

/** A figure that must be reached, beside the one measured; `met` is undefined where it was not measured. */
export type Goal = { what: string; wanted: string; measured: string; met: boolean | undefined };

const goal = (what: string, wanted: string, measured: string | undefined, met: boolean): Goal =>
  measured === undefined ? { what, wanted, measured: none, met: undefined } : { what, wanted, measured, met };

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

const accuracyGoals = (results: Results): Goal[] => {
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

const stormGoals = ({ storm, stormAlone, wrap, memory }: Results): Goal[] => {
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
      had ? percent(Math.max(...errors)) : undefined,
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

export const goalsOf = (results: Results): Goal[] => [
  ...accuracyGoals(results),
  ...costGoals(results),
  ...stormGoals(results),
];

export const goalTable = (goals: readonly Goal[]): string =>
  table(
    ['must reach', 'wanted', 'measured', 'met'],
    goals.map(({ what, wanted, measured, met }) => [
      what,
      wanted,
      measured,
      met === undefined ? none : met ? 'yes' : 'NO',
    ]),
  );
