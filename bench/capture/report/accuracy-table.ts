import { median } from '../measure/median.ts';
import type { Score } from '../measure/score.ts';
import type { Outcome } from '../measure/session.ts';
import type { ToolName } from '../tools/tool.ts';
import {
  exitShare,
  namedShare,
  outcomesOf,
  promptShare,
  type Results,
  seenShare,
  workloadNames,
  wrongReports,
} from './results.ts';
import { count, empty, percent, type Row, table } from './table.ts';

const medianOf = (outcomes: readonly Outcome[], figure: (score: Score) => number | undefined) =>
  median(outcomes.map(({ score }) => figure(score)));

const churntopColumns = (outcomes: readonly Outcome[]): Row => [
  percent(medianOf(outcomes, seenShare)),
  percent(medianOf(outcomes, namedShare)),
  percent(medianOf(outcomes, exitShare)),
  percent(medianOf(outcomes, promptShare)),
  count(outcomes.reduce((sum, { score }) => sum + wrongReports(score), 0)),
  percent(median(outcomes.map(({ shares }) => shares.cpu))),
];

const otherColumn = (outcomes: readonly Outcome[]): string =>
  outcomes.length === 0
    ? empty
    : [seenShare, namedShare, exitShare].map((figure) => percent(medianOf(outcomes, figure))).join(' / ');

const withoutChurntop = (names: readonly ToolName[]) => names.filter((name) => name !== 'churntop');

const head = ['churn', 'children', 'seen %', 'comm %', 'exit %', '≤ 5 ms %', 'wrong', 'CPU %'];

/** Formats one row per workload: all figures of churntop, and seen / comm / exit of the other tools. */
export const accuracyTable = ({ accuracy, storm, stormAlone, names }: Results): string => {
  const others = withoutChurntop(names);
  const rowsOf = (outcomes: readonly Outcome[], suffix = ''): Row[] =>
    workloadNames(outcomes).map((workload) => {
      const own = outcomesOf(outcomes, 'churntop', workload);
      return [
        `${workload}${suffix}`,
        count(medianOf(own, ({ children }) => children)),
        ...churntopColumns(own),
        ...others.map((name) => otherColumn(outcomesOf(outcomes, name, workload))),
      ];
    });
  return table(
    [...head, ...others],
    [...rowsOf(accuracy), ...rowsOf(storm), ...rowsOf(stormAlone, ', alone')],
  );
};

/** Formats churntop's counters in storms next to the ground truth. */
export const accountingTable = (outcomes: readonly (Outcome & { label: string })[]): string =>
  table(
    ['storm', 'children/s', 'forked', 'allocated', 'missed', 'reported', 'unbalanced', 'out of order'],
    outcomes.map(({ label, childrenPerSecond, accounting, disorder }) => [
      label,
      count(childrenPerSecond),
      count(accounting?.forked),
      count(accounting?.allocatedPids),
      count(accounting?.missed),
      count(accounting?.missedTasks),
      count(accounting?.unbalanced),
      count(disorder),
    ]),
  );
