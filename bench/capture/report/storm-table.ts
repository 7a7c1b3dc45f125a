import type { Accounting } from '../measure/accounting.ts';
import { median } from '../measure/median.ts';
import type { Outcome } from '../measure/session.ts';
import type { ToolName } from '../tools/tool.ts';
import { ownName } from '../tools/tool.ts';
import { medianOf } from './accuracy-table.ts';
import {
  namedShare,
  outcomesOf,
  type Results,
  rightStatusShare,
  seenShare,
  sourcesIn,
  workloadNames,
} from './results.ts';
import { count, percent, type Row, table } from './table.ts';

const head = ['storm', 'children/s', 'seen %', 'comm %', 'status %', 'CPU %', 'µs/child'];

const stormRow = (label: string, outcomes: readonly Outcome[]): Row => {
  const cpu = median(outcomes.map(({ shares }) => shares.cpu));
  const rate = median(outcomes.map(({ childrenPerSecond }) => childrenPerSecond));
  const spawnRate = median(outcomes.map((outcome) => outcome.childrenPerSecond + outcome.threadsPerSecond));
  return [
    label,
    count(rate),
    percent(medianOf(outcomes, seenShare)),
    percent(medianOf(outcomes, namedShare)),
    percent(medianOf(outcomes, rightStatusShare)),
    percent(cpu),
    count(cpu && spawnRate && (cpu * 1e6) / spawnRate),
  ];
};

/** Formats the storms: each source alone, and then with all tools, where forkstat is one of them. */
export const stormTable = (results: Results): string => {
  const { storm, stormAlone, names } = results;
  const rowsOf = (label: string, outcomes: readonly Outcome[], name: ToolName, workload: string): Row[] => {
    const own = outcomesOf(outcomes, name, workload);
    return own.length === 0 ? [] : [stormRow(`${workload}: ${label}`, own)];
  };
  const beside = (workload: string): Row[] => [
    ...sourcesIn(results).flatMap((source) =>
      rowsOf(`${source}, with other tools`, storm, ownName(source), workload),
    ),
    ...(names.includes('forkstat') ? rowsOf('forkstat, with other tools', storm, 'forkstat', workload) : []),
  ];
  const rows = workloadNames([...stormAlone, ...storm]).flatMap((workload) => [
    ...sourcesIn(results).flatMap((source) => rowsOf(source, stormAlone, ownName(source), workload)),
    ...beside(workload),
  ]);
  return table(head, rows);
};

const accountingRow = ({ workload, label, accounting, disorder }: Outcome & { label: string }): Row => [
  `${workload}: ${label}`,
  count(accounting?.forked),
  count(accounting?.threads),
  count(accounting?.allocatedPids),
  count(accounting?.threadsSeen),
  count(accounting?.missed),
  count(accounting?.missedTasks),
  count(accounting?.pendingPids),
  count(accounting?.lostEvents),
  count(accounting?.unbalanced),
  count(disorder),
];

/** Formats churntop's counters in storms next to the ground truth, one row per round. */
export const accountingTable = (results: Results): string => {
  const labeled = (outcomes: readonly Outcome[], suffix: string) =>
    sourcesIn(results).flatMap((source) =>
      outcomesOf(outcomes, ownName(source)).map((outcome) => ({ ...outcome, label: `${source}${suffix}` })),
    );
  const all = [...labeled(results.stormAlone, ''), ...labeled(results.storm, ', with other tools')];
  const rows = workloadNames(all).flatMap((workload) =>
    all.filter((outcome) => outcome.workload === workload),
  );
  return table(
    [
      ...[
        'accounting',
        'forked',
        'threads',
        'allocated',
        'threads seen',
        'missed',
        'reported',
        'pending',
        'lost events',
      ],
      ...['unbalanced', 'out of order'],
    ],
    rows.map(accountingRow),
  );
};

/**
 * Returns the difference between missed tasks as reported and as measured, relative to the tasks created; 1 without
 * counters. Tasks of other programs may be among the reported ones, so as many may be reported in addition.
 */
export const accountingError = (accounting: Accounting | undefined): number => {
  if (!accounting) return 1;
  const { allocatedPids, missedTasks, missed, forked, threads } = accounting;
  const others = Math.max(0, allocatedPids - forked - threads);
  const tooMany = Math.max(0, missedTasks - missed - others);
  return (Math.max(0, missed - missedTasks) + tooMany) / Math.max(1, forked + threads);
};
