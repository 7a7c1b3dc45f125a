import { median } from '../measure/median.ts';
import type { Score } from '../measure/score.ts';
import type { Outcome } from '../measure/session.ts';
import { ownName, type Source } from '../tools/tool.ts';
import {
  exitShare,
  namedShare,
  othersIn,
  outcomesOf,
  promptShare,
  type Results,
  rightStatusShare,
  seenShare,
  sourcesIn,
  unknownStatusShare,
  workloadNames,
  wrongReports,
} from './results.ts';
import { count, empty, percent, type Row, table } from './table.ts';

type Figure = (score: Score) => number | undefined;

export const medianOf = (outcomes: readonly Outcome[], figure: Figure): number | undefined =>
  median(outcomes.map(({ score }) => figure(score)));

const shares = (outcomes: readonly Outcome[], figures: readonly Figure[]): string =>
  outcomes.length === 0 ? empty : figures.map((figure) => percent(medianOf(outcomes, figure))).join(' / ');

const cpuOf = (outcomes: readonly Outcome[]): string =>
  percent(median(outcomes.map(({ shares }) => shares.cpu)));

const sumOf = (outcomes: readonly Outcome[], figure: (score: Score) => number): string =>
  outcomes.length === 0 ? empty : count(outcomes.reduce((sum, { score }) => sum + figure(score), 0));

/** Formats one row per workload: seen / comm of all tools, and the CPU usage of churntop with each source. */
export const accuracyTable = (results: Results): string => {
  const { accuracy } = results;
  const present = sourcesIn(results);
  const others = othersIn(results);
  const rows = workloadNames(accuracy).map((workload): Row => {
    const ofTool = (name: Outcome['tool']) => outcomesOf(accuracy, name, workload);
    return [
      workload,
      count(
        median(
          accuracy.filter((outcome) => outcome.workload === workload).map(({ score }) => score.children),
        ),
      ),
      ...present.flatMap((source) => {
        const outcomes = ofTool(ownName(source));
        return [shares(outcomes, [seenShare, namedShare]), cpuOf(outcomes)];
      }),
      ...others.map((name) => shares(ofTool(name), [seenShare, namedShare])),
    ];
  });
  const head = ['seen % / comm %', 'children', ...present.flatMap((source) => [source, 'CPU %']), ...others];
  return table(head, rows);
};

/** Formats one row per workload: exits and exit statuses as reported with each source, and by forkstat. */
export const exitTable = (results: Results): string => {
  const { accuracy, names } = results;
  const present = sourcesIn(results);
  const hasForkstat = names.includes('forkstat');
  const statusOf = (outcomes: readonly Outcome[]): string =>
    shares(outcomes, [rightStatusShare, unknownStatusShare]);
  const rows = workloadNames(accuracy).map(
    (workload): Row => [
      workload,
      ...present.flatMap((source) => {
        const outcomes = outcomesOf(accuracy, ownName(source), workload);
        return [...exitCells(outcomes, statusOf), ...(source === 'kernel' ? [lostEvents(outcomes)] : [])];
      }),
      ...(hasForkstat ? [statusOf(outcomesOf(accuracy, 'forkstat', workload))] : []),
    ],
  );
  const headOf = (source: Source) => [
    `${source}: exit %`,
    '≤ 5 ms %',
    'status % / unknown %',
    'wrong status',
    'wrong',
    ...(source === 'kernel' ? ['lost events'] : []),
  ];
  return table(['exits', ...present.flatMap(headOf), ...(hasForkstat ? ['forkstat: status'] : [])], rows);
};

const lostEvents = (outcomes: readonly Outcome[]): string =>
  count(outcomes.reduce((sum, { accounting }) => sum + (accounting?.lostEvents ?? 0), 0));

const exitCells = (
  outcomes: readonly Outcome[],
  statusOf: (outcomes: readonly Outcome[]) => string,
): string[] => [
  shares(outcomes, [exitShare]),
  shares(outcomes, [promptShare]),
  statusOf(outcomes),
  sumOf(outcomes, ({ wrongStatuses }) => wrongStatuses),
  sumOf(outcomes, wrongReports),
];
