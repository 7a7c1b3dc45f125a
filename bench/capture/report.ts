import { accountingTable, accuracyTable } from './accuracy-table.ts';
import { costTable } from './cost-table.ts';
import { goalsOf, goalTable } from './goals.ts';
import { exitShare, of, type Results, seenShare } from './results.ts';
import { count, percent } from './table.ts';
import type { Wrap } from './wrap.ts';

const wrapLine = (wrap: Wrap | string): string => {
  if (typeof wrap === 'string') return `PID wrap: not measured: ${wrap}.`;
  const { score, accounting, reused } = wrap;
  return [
    `PID wrap, pid_max ${wrap.pidMax}: ${count(score.children)} children, ${count(reused)} of them under a reused number;`,
    `seen ${percent(seenShare(score))} %, exits ${percent(exitShare(score))} % of those seen;`,
    `allocated ${count(accounting?.allocated)}, missed ${count(accounting?.missed)}, unseen told ${count(accounting?.unseen)}.`,
  ].join(' ');
};

/** The whole run as markdown: the same on the terminal and in the document. */
export const renderReport = (results: Results): string => {
  const { machine, commit, rounds, seconds, accuracy, storm, stormAlone, costs, wrap, memory } = results;
  const storms = [
    ...of(storm, 'churntop').map((outcome) => ({ ...outcome, label: 'beside the others' })),
    ...of(stormAlone, 'churntop').map((outcome) => ({ ...outcome, label: 'alone' })),
  ];
  const cells = accuracy.length + storm.length + stormAlone.length;
  const parts = [
    `${machine}; commit ${commit}; medians of ${rounds} round${rounds === 1 ? '' : 's'} of ${seconds} s a row.`,
    cells > 0 ? accuracyTable(results) : undefined,
    storms.length > 0 ? accountingTable(storms) : undefined,
    costs.length > 0 ? costTable(results) : undefined,
    wrap === undefined ? undefined : wrapLine(wrap),
    memory &&
      `Resident memory of \`churntop --ndjson\` over a storm of ${memory.minutes} min: ${count(memory.fromKiB)} KiB in its second quarter, ${count(memory.toKiB)} KiB in its last.`,
    goalTable(goalsOf(results)),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
};
