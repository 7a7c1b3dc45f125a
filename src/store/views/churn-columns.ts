import { nameText } from '../../domain/commands/command-text.ts';
import type { GroupSummary, SortKey } from '../../domain/stats/group-summary.ts';
import { cgroupGroupings, type Grouping, groupTitles, topNameTitles } from '../../domain/stats/groups.ts';
import type { RestartLoopSummary } from '../../domain/stats/loops/loop-summary.ts';
import { formatCountWithin, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { roundNs } from '../../util/time.ts';
import { codesText, failedColumns, failedText } from './failure-columns.ts';
import type { TableColumn } from './table-column.ts';

/** The data of a row of the churn view. It is computed for the rows on screen only. */
export type ChurnTableRow = {
  summary: GroupSummary;
  /** Spawns in each of the last 60 seconds, oldest first, without the current second. */
  spawnsPerSecond: readonly number[];
  /** The ongoing restart loop of the group. */
  loop: RestartLoopSummary | undefined;
  name: string;
};

/** The sort orders of the churn view. */
export type ChurnSort = SortKey | 'name' | 'loop' | 'top';

/** A column of the churn view. */
export type ChurnColumn = TableColumn & {
  id: ChurnSort | 'last' | 'codes';
  /** The title, or one title for each grouping. */
  title: string | Readonly<Record<Grouping, string>>;
  /** Returns a text, or numbers to draw as a sparkline. */
  cell: (row: ChurnTableRow) => string | readonly number[];
};

type NumberColumn = {
  id: SortKey;
  title: string;
  width: number;
  /** Default: 0. */
  minTableWidth?: number;
  text: (summary: GroupSummary) => string;
};

const numberColumn = ({ text, minTableWidth = 0, ...column }: NumberColumn): ChurnColumn => ({
  ...column,
  align: 'right',
  minTableWidth,
  cell: ({ summary }) => text(summary),
});

/** Returns an empty text while no process of the group has exited. */
const lifetimeText = (ns: bigint | undefined) => (ns === undefined ? '' : formatDuration(ns));

/** Returns the CPU time of a group: exact for the children of a parent, otherwise a lower bound. Empty if none was seen. */
export const cpuTimeText = ({ seenNs, childrenNs }: GroupSummary['cpu']): string => {
  if (childrenNs > 0n) return formatDuration(childrenNs);
  return seenNs > 0n ? `≥${formatDuration(seenNs)}` : '';
};

/** The columns of the churn view, left to right. */
export const churnColumns: readonly ChurnColumn[] = [
  {
    id: 'name',
    title: groupTitles,
    width: (tableWidth) => (tableWidth < 100 ? 15 : 24),
    align: 'left',
    minTableWidth: 0,
    cell: ({ name }) => name,
  },
  numberColumn({
    id: 'rate',
    title: 'NOW/S',
    width: 6,
    text: ({ rate }) => formatRate(rate),
  }),
  {
    id: 'last',
    title: 'LAST 60 S',
    width: (tableWidth) => Math.max(9, Math.min(30, Math.floor((tableWidth - 80) / 6))),
    align: 'left',
    minTableWidth: 60,
    cell: ({ spawnsPerSecond }) => spawnsPerSecond,
  },
  numberColumn({
    id: 'peak',
    title: 'PEAK',
    width: 5,
    minTableWidth: 166,
    text: ({ peakRate }) => formatCountWithin(peakRate, 5),
  }),
  numberColumn({
    id: 'spawns',
    title: 'TOTAL',
    width: 7,
    text: ({ spawns }) => formatCountWithin(spawns, 7),
  }),
  numberColumn({
    id: 'exits',
    title: 'EXITED',
    width: 7,
    minTableWidth: 176,
    text: ({ exits }) => formatCountWithin(exits, 7),
  }),
  numberColumn({
    id: 'alive',
    title: 'ALIVE',
    width: 5,
    text: ({ alive }) => formatCountWithin(alive, 5),
  }),
  numberColumn({
    id: 'zombies',
    title: 'ZOMB',
    width: 4,
    minTableWidth: 106,
    text: ({ zombies }) => (zombies > 0 ? formatCountWithin(zombies, 4) : ''),
  }),
  numberColumn({
    id: 'failed',
    title: 'FAILED',
    width: failedColumns,
    minTableWidth: 66,
    text: failedText,
  }),
  {
    id: 'codes',
    title: 'EXITS',
    width: 8,
    align: 'left',
    minTableWidth: 76,
    cell: ({ summary }) => codesText(summary),
  },
  numberColumn({
    id: 'p50',
    title: 'P50',
    width: 6,
    minTableWidth: 50,
    text: ({ lifetimes }) => lifetimeText(lifetimes.p50),
  }),
  numberColumn({
    id: 'p95',
    title: 'P95',
    width: 6,
    minTableWidth: 134,
    text: ({ lifetimes }) => lifetimeText(lifetimes.p95),
  }),
  numberColumn({
    id: 'shortest',
    title: 'MIN',
    width: 6,
    minTableWidth: 150,
    text: ({ lifetimes }) => lifetimeText(lifetimes.min),
  }),
  numberColumn({
    id: 'longest',
    title: 'MAX',
    width: 6,
    minTableWidth: 142,
    text: ({ lifetimes }) => lifetimeText(lifetimes.max),
  }),
  numberColumn({
    id: 'run',
    title: 'SUM',
    width: 6,
    minTableWidth: 158,
    text: ({ runNs }) => (runNs > 0n ? formatDuration(runNs) : ''),
  }),
  numberColumn({
    id: 'cpu',
    title: 'CPU',
    width: 7,
    minTableWidth: 80,
    text: ({ cpu }) => cpuTimeText(cpu),
  }),
  numberColumn({
    id: 'reaped',
    title: 'ZP50',
    width: 6,
    minTableWidth: 186,
    text: ({ zombieTimes }) => lifetimeText(zombieTimes.p50),
  }),
  {
    id: 'loop',
    title: 'RESTARTS',
    width: 13,
    align: 'left',
    minTableWidth: 120,
    cell: ({ loop }) =>
      loop ? `${groupDigits(loop.count)} × ${formatDuration(roundNs(loop.periodNs))}` : '',
  },
  {
    id: 'top',
    title: topNameTitles,
    width: undefined,
    align: 'left',
    minTableWidth: 90,
    cell: ({ summary: { topName, spawns } }) => (topName ? topNameText(topName, spawns) : ''),
  },
];

/** Columns that differ for groups by command, whose names take the remaining width. */
const columnsOfCommands: Partial<Record<ChurnColumn['id'], Partial<ChurnColumn>>> = {
  name: { width: undefined },
  last: { minTableWidth: 110 },
  top: { width: 16, minTableWidth: 100 },
};

/** The columns for groups by command. */
const commandColumns: readonly ChurnColumn[] = churnColumns.map((column) => ({
  ...column,
  ...columnsOfCommands[column.id],
}));

/** The columns for groups by cgroup, whose names need the space of the chart on a narrow screen. */
const cgroupColumns: readonly ChurnColumn[] = churnColumns.map((column) => {
  if (column.id === 'name')
    return { ...column, width: (columns) => (columns < 80 ? 15 : columns < 100 ? 25 : 24) };
  return column.id === 'last' ? { ...column, minTableWidth: 100 } : column;
});

/** Returns the columns of a grouping. */
export const churnColumnsOf = (groupBy: Grouping): readonly ChurnColumn[] => {
  if (groupBy === 'command') return commandColumns;
  return cgroupGroupings.includes(groupBy) ? cgroupColumns : churnColumns;
};

/** Returns the most frequent name, with its share unless it is 100%. */
const topNameText = ({ name, count }: { name: string; count: number }, spawns: number): string => {
  const percent = Math.min(100, Math.round((100 * count) / Math.max(1, spawns)));
  return percent === 100 ? nameText(name) : `${nameText(name)} ${percent}%`;
};

/** The sort orders, in the order in which `s` selects them. */
export const churnSorts: readonly ChurnSort[] = [
  'rate',
  'spawns',
  'alive',
  'failed',
  'p50',
  'p95',
  'shortest',
  'longest',
  'run',
  'cpu',
  'zombies',
  'reaped',
  'peak',
  'exits',
  'loop',
  'top',
  'name',
];
