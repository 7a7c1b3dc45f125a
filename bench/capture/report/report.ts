import type { Memory } from '../measure/memory.ts';
import type { PidWrap } from '../measure/pid-wrap.ts';
import { accuracyTable, exitTable } from './accuracy-table.ts';
import { costTable } from './cost-table.ts';
import { goalsOf, goalTable } from './goals.ts';
import { exitShare, type Results, seenShare } from './results.ts';
import { accountingTable, stormTable } from './storm-table.ts';
import { count, percent, table } from './table.ts';

const pidWrapText = (wrap: PidWrap | string): string => {
  if (typeof wrap === 'string') return `PID wrap: not measured: ${wrap}.`;
  const { score, accounting, reused, pidMax } = wrap;
  return [
    `PID wrap (proc), pid_max ${pidMax}: ${count(score.children)} children, ${count(reused)} of them with a reused PID;`,
    `seen ${percent(seenShare(score))} %, exits ${percent(exitShare(score))} % of those seen;`,
    `allocated ${count(accounting?.allocatedPids)}, missed ${count(accounting?.missed)}, reported missed ${count(accounting?.missedTasks)}.`,
  ].join(' ');
};

const memoryTable = (memory: readonly Memory[]): string =>
  table(
    ['resident memory in a storm', 'minutes', 'second quarter', 'last quarter', 'maximum'],
    memory.map(({ source, minutes, secondQuarterKiB, lastQuarterKiB, maxKiB }) => [
      source,
      String(minutes),
      ...[secondQuarterKiB, lastQuarterKiB, maxKiB].map((value) => `${count(value)} KiB`),
    ]),
  );

/** Formats a run as Markdown, for the terminal and for the document. */
export const renderReport = (results: Results): string => {
  const { machine, commit, rounds, seconds, accuracy, storm, stormAlone, costs, pidWrap, memory } = results;
  const hasStorms = storm.length + stormAlone.length > 0;
  const parts = [
    `${machine}; commit ${commit}; medians of ${rounds} round${rounds === 1 ? '' : 's'}, ${seconds} s per row.`,
    goalTable(goalsOf(results)),
    accuracy.length > 0 ? accuracyTable(results) : undefined,
    accuracy.length > 0 ? exitTable(results) : undefined,
    hasStorms ? stormTable(results) : undefined,
    hasStorms ? accountingTable(results) : undefined,
    costs.length > 0 ? costTable(results) : undefined,
    pidWrap === undefined ? undefined : pidWrapText(pidWrap),
    memory.length > 0 ? memoryTable(memory) : undefined,
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
};
