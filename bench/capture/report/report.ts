import type { PidWrap } from '../measure/pid-wrap.ts';
import { accountingTable, accuracyTable } from './accuracy-table.ts';
import { costTable } from './cost-table.ts';
import { goalsOf, goalTable } from './goals.ts';
import { exitShare, outcomesOf, type Results, seenShare } from './results.ts';
import { count, percent } from './table.ts';

const pidWrapText = (wrap: PidWrap | string): string => {
  if (typeof wrap === 'string') return `PID wrap: not measured: ${wrap}.`;
  const { score, accounting, reused, pidMax } = wrap;
  return [
    `PID wrap, pid_max ${pidMax}: ${count(score.children)} children, ${count(reused)} of them with a reused PID;`,
    `seen ${percent(seenShare(score))} %, exits ${percent(exitShare(score))} % of those seen;`,
    `allocated ${count(accounting?.allocatedPids)}, missed ${count(accounting?.missed)}, reported missed ${count(accounting?.missedTasks)}.`,
  ].join(' ');
};

/** Formats a run as Markdown, for the terminal and for the document. */
export const renderReport = (results: Results): string => {
  const { machine, commit, rounds, seconds, accuracy, storm, stormAlone, costs, pidWrap, memory } = results;
  const storms = [
    ...outcomesOf(storm, 'churntop').map((outcome) => ({ ...outcome, label: 'with other tools' })),
    ...outcomesOf(stormAlone, 'churntop').map((outcome) => ({ ...outcome, label: 'alone' })),
  ];
  const outcomes = accuracy.length + storm.length + stormAlone.length;
  const parts = [
    `${machine}; commit ${commit}; medians of ${rounds} round${rounds === 1 ? '' : 's'}, ${seconds} s per row.`,
    outcomes > 0 ? accuracyTable(results) : undefined,
    storms.length > 0 ? accountingTable(storms) : undefined,
    costs.length > 0 ? costTable(results) : undefined,
    pidWrap === undefined ? undefined : pidWrapText(pidWrap),
    memory &&
      `Resident memory of \`churntop --ndjson\` in a storm of ${memory.minutes} min: ${count(memory.secondQuarterKiB)} KiB in the second quarter, ${count(memory.lastQuarterKiB)} KiB in the last.`,
    goalTable(goalsOf(results)),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
};
