import { shortenPath } from '../../domain/cgroups/place-text.ts';
import { nameText } from '../../domain/commands/command-text.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import { groupTitles, type ReportGrouping, topNameTitles } from '../../domain/stats/groups.ts';
import { cpuTimeText } from '../../store/views/churn-columns.ts';
import { sparkline, widthOf } from '../../ui/text/cells.ts';
import { formatCountWithin, formatDuration, formatRate } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { groupName } from './report-model.ts';

/** A column of a table of groups. */
export type Column = {
  header: string;
  width: number;
  align: 'left' | 'right';
  /** Terminal width from which the column is shown. Default: any. */
  minColumns?: number;
  cell: (row: GroupSummary) => string;
};

const rightAligned = (header: string, width: number, cell: (row: GroupSummary) => string): Column => ({
  header,
  width,
  align: 'right',
  cell,
});

/** Returns how long the processes of a group ran in sum; `?` if no lifetime is known. */
const sumText = ({ lifetimes, runNs }: GroupSummary): string =>
  formatDuration(lifetimes.count === 0 ? undefined : runNs);

const numericColumns: readonly Column[] = [
  rightAligned('SPAWNS', 8, ({ spawns }) => formatCountWithin(spawns, 7)),
  rightAligned('/S', 6, ({ meanRate }) => formatRate(meanRate)),
  rightAligned('PEAK', 6, ({ peakRate }) => formatCountWithin(peakRate, 5)),
  rightAligned('ALIVE', 6, ({ alive }) => formatCountWithin(alive, 5)),
  rightAligned('P50', 7, ({ lifetimes }) => formatDuration(lifetimes.p50)),
  rightAligned('P95', 7, ({ lifetimes }) => formatDuration(lifetimes.p95)),
  rightAligned('MAX', 7, ({ lifetimes }) => formatDuration(lifetimes.max)),
  { ...rightAligned('SUM', 7, sumText), minColumns: 120 },
  { ...rightAligned('CPU', 8, ({ cpu }) => cpuTimeText(cpu)), minColumns: 120 },
];

const histogram: Column = {
  header: '1ms LIFE  1m',
  width: 12,
  align: 'left',
  cell: ({ lifetimes }) => sparkline(lifetimes.histogram, lifetimes.histogram.length),
};

const topNameColumn = (header: string): Column => ({
  header,
  width: 22,
  align: 'left',
  minColumns: 104,
  cell: ({ topName: top, spawns }) =>
    top && spawns > 0
      ? `${nameText(top.name)} ${Math.min(100, Math.round((top.count / spawns) * 100))}%`
      : '',
});

/** Returns the columns that fit. The first one grows with its names. */
export const visibleColumns = (
  groupBy: ReportGrouping,
  rows: readonly GroupSummary[],
  columns: number,
): Column[] => {
  const visible = columnsOf(groupBy).filter(({ minColumns = 0 }) => minColumns <= columns);
  const spare = columns - visible.reduce((sum, { width }) => sum + width, 0);
  const longest = Math.max(0, ...rows.map((row) => widthOf(printable(groupName[groupBy](row)))));
  const [name, ...others] = visible as [Column, ...Column[]];
  const width = Math.max(name.width, Math.min(longest + 1, name.width + spare));
  const cell = (row: GroupSummary) => shortenPath(name.cell(row), width - 1);
  return [{ ...name, width, ...(groupBy === 'cgroup' && { cell }) }, ...others];
};

const spacer: Column = { header: '', width: 1, align: 'left', cell: () => '' };

const columnsOf = (groupBy: ReportGrouping): Column[] => [
  {
    header: groupTitles[groupBy],
    width: groupBy === 'parent' ? 18 : 17,
    align: 'left' as const,
    cell: groupName[groupBy],
  },
  ...numericColumns,
  spacer,
  histogram,
  { ...spacer, minColumns: 104 },
  topNameColumn(topNameTitles[groupBy]),
];
