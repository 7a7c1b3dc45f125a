import type { ContestantName } from './contestant.ts';
import { median } from './median.ts';
import {
  cellNames,
  exitShare,
  namedShare,
  of,
  promptShare,
  type Results,
  seenShare,
  wrong,
} from './results.ts';
import type { Score } from './score.ts';
import type { Outcome } from './session.ts';
import { count, none, percent, type Row, table } from './table.ts';

const middle = (outcomes: readonly Outcome[], figure: (score: Score) => number | undefined) =>
  median(outcomes.map(({ score }) => figure(score)));

const churntopCells = (outcomes: readonly Outcome[]): Row => {
  const total = outcomes.reduce((sum, { score }) => sum + wrong(score), 0);
  return [
    percent(middle(outcomes, seenShare)),
    percent(middle(outcomes, namedShare)),
    percent(middle(outcomes, exitShare)),
    percent(middle(outcomes, promptShare)),
    count(total),
    percent(median(outcomes.map(({ shares }) => shares.cpu))),
  ];
};

const briefly = (outcomes: readonly Outcome[]): string =>
  outcomes.length === 0
    ? none
    : [seenShare, namedShare, exitShare].map((figure) => percent(middle(outcomes, figure))).join(' / ');

const others = (names: readonly ContestantName[]) => names.filter((name) => name !== 'churntop');

const rowOf = (
  label: string,
  outcomes: readonly Outcome[],
  cell: string,
  names: readonly ContestantName[],
) => [
  label,
  count(middle(of(outcomes, 'churntop', cell), ({ children }) => children)),
  ...churntopCells(of(outcomes, 'churntop', cell)),
  ...others(names).map((name) => briefly(of(outcomes, name, cell))),
];

const head = ['churn', 'children', 'seen %', 'comm %', 'exit %', '≤ 5 ms %', 'wrong', 'CPU %'];

/** One row a kind of churn: churntop's figures in full, the others' as seen / comm / exit. */
export const accuracyTable = ({ accuracy, storm, stormAlone, names }: Results): string =>
  table(
    [...head, ...others(names)],
    [
      ...cellNames(accuracy).map((cell) => rowOf(cell, accuracy, cell, names)),
      ...cellNames(storm).map((cell) => rowOf(cell, storm, cell, names)),
      ...cellNames(stormAlone).map((cell) => rowOf(`${cell}, alone`, stormAlone, cell, names)),
    ],
  );

/** Of storms: does churntop's own count of what it missed agree with what it did miss? */
export const accountingTable = (outcomes: readonly (Outcome & { label: string })[]): string =>
  table(
    ['storm', 'children/s', 'forked', 'allocated', 'missed', 'unseen told', 'unbalanced', 'out of order'],
    outcomes.map(({ label, pace, accounting, disorder }) => [
      label,
      count(pace),
      count(accounting?.forked),
      count(accounting?.allocated),
      count(accounting?.missed),
      count(accounting?.unseen),
      count(accounting?.unbalanced),
      count(disorder),
    ]),
  );
