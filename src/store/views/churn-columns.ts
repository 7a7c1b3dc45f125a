import type { GroupSummary, SortKey } from '../../domain/stats/group-summary.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import type { RestartLoopSummary } from '../../domain/stats/report.ts';
import { formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import type { TableColumn } from './table-column.ts';

/** A row of the churn view, worked out only when it is on screen. */
export type ChurnTableRow = {
  summary: GroupSummary;
  /** Births by second of the last minute, oldest first; the running second is left out. */
  spawnsPerSecond: readonly number[];
  /** The restart loop that goes on under this key. */
  loop: RestartLoopSummary | undefined;
  name: string;
};

export type ChurnSort = SortKey | 'name' | 'loop' | 'mostly';

export type ChurnColumn = TableColumn & {
  id: ChurnSort | 'last';
  title: string | Readonly<Record<Grouping, string>>;
  /** Numbers are drawn as a sparkline. */
  cell: (line: ChurnTableRow) => string | readonly number[];
};

const numberColumn = (
  id: SortKey,
  title: string,
  width: number,
  minTableWidth: number,
  text: (row: GroupSummary) => string,
): ChurnColumn => ({ id, title, width, align: 'right', minTableWidth, cell: ({ summary }) => text(summary) });

/** Nobody ended yet: nothing is known, and nothing is missing. */
const lifetimeText = (ns: bigint | undefined) => (ns === undefined ? '' : formatDuration(ns));

/** The columns of the churn view, left to right. */
export const churnColumns: readonly ChurnColumn[] = [
  {
    id: 'name',
    title: { comm: 'COMM', parent: 'PARENT', user: 'USER' },
    width: (list) => (list < 100 ? 15 : 24),
    align: 'left',
    minTableWidth: 0,
    cell: ({ name }) => name,
  },
  numberColumn('rate', 'NOW/S', 6, 0, ({ rate }) => formatRate(rate)),
  {
    id: 'last',
    title: 'LAST 60 S',
    width: (list) => Math.max(9, Math.min(30, Math.floor((list - 80) / 3))),
    align: 'left',
    minTableWidth: 60,
    cell: ({ spawnsPerSecond }) => spawnsPerSecond,
  },
  numberColumn('peak', 'PEAK', 5, 130, ({ peakRate }) => groupDigits(peakRate)),
  numberColumn('spawns', 'TOTAL', 7, 0, ({ spawns }) => groupDigits(spawns)),
  numberColumn('exits', 'EXITS', 7, 130, ({ exits }) => groupDigits(exits)),
  numberColumn('alive', 'ALIVE', 5, 0, ({ alive }) => groupDigits(alive)),
  numberColumn('zombies', 'ZOMB', 4, 100, ({ zombies }) => (zombies > 0 ? groupDigits(zombies) : '')),
  numberColumn('p50', 'P50', 6, 50, ({ lifetimes }) => lifetimeText(lifetimes.p50)),
  numberColumn('p95', 'P95', 6, 66, ({ lifetimes }) => lifetimeText(lifetimes.p95)),
  numberColumn('shortest', 'SHORT', 6, 72, ({ lifetimes }) => lifetimeText(lifetimes.min)),
  {
    id: 'loop',
    title: 'RESTARTS',
    width: 18,
    align: 'left',
    minTableWidth: 110,
    cell: ({ loop }) =>
      loop ? `${groupDigits(loop.count)} × ${formatDuration(BigInt(Math.round(loop.periodNs)))}` : '',
  },
  {
    id: 'mostly',
    title: { comm: 'MOSTLY BY', parent: 'MOSTLY', user: 'MOSTLY' },
    width: undefined,
    align: 'left',
    minTableWidth: 76,
    cell: ({ summary: { topName, spawns } }) => (topName ? topNameText(topName, spawns) : ''),
  },
];

/** The part is told where it is not all. */
const topNameText = ({ name, count }: { name: string; count: number }, spawns: number): string => {
  const percent = Math.min(100, Math.round((100 * count) / Math.max(1, spawns)));
  return percent === 100 ? name : `${name} ${percent}%`;
};

/** `s` goes round in this order: what churns most now comes first. */
export const churnSorts: readonly ChurnSort[] = [
  'rate',
  'spawns',
  'alive',
  'p50',
  'p95',
  'shortest',
  'zombies',
  'peak',
  'exits',
  'loop',
  'mostly',
  'name',
];
