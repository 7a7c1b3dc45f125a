import { nameText } from '../../domain/commands/command-text.ts';
import { exitCellText } from '../../domain/events/exit-status.ts';
import type { GroupStats } from '../../domain/stats/group-stats.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import type { StatsSnapshot } from '../../domain/stats/snapshot.ts';
import { formatCountWithin, formatDuration } from '../../util/format.ts';
import type { Order } from '../actions/view-id.ts';
import type { TableColumn } from './table-column.ts';

/** The data of a row of the failures view: a group, and the time for ages. */
export type FailureRow = { summary: GroupSummary; nowNs: bigint };

/** The sort orders of the failures view. */
export type FailureSort = 'last' | 'failed' | 'perMinute' | 'since' | 'runs' | 'command';

/** A column of the failures view. */
export type FailureColumn = TableColumn & {
  id: FailureSort | 'codes' | 'parent';
  title: string;
  cell: (row: FailureRow) => string;
};

/**
 * Formats failures as `12/14`: how many of the known exits failed; `-` if no exit status is known. Large numbers are rounded,
 * or shown as a share: `105/12k`, `74%/3k`, `all/1k`, `99%`.
 */
export const failedText = ({ exitStatuses: { known, failed } }: GroupSummary): string => {
  if (known === 0) return '-';
  const [share, rounded] = [shareText(failed / known), formatCountWithin(known, 4)];
  const texts = [`${failed}/${known}`, `${failed}/${rounded}`, `${share}/${rounded}`];
  if (known < maxRoundedToThree) texts.push(`${share}/${formatCountWithin(known, 3)}`);
  return texts.find((text) => text.length <= failedColumns) ?? share;
};

/** Larger numbers cannot be rounded to three cells, as `99k`. */
const maxRoundedToThree = 99_500;

/** Formats a share in three cells. It is rounded down, so that `all` means all. */
const shareText = (share: number): string => {
  if (share === 1) return 'all';
  return share < 0.01 ? '<1%' : `${Math.floor(share * 100)}%`;
};

/** Width of `failedText`, in cells. */
export const failedColumns = 7;

/** Returns the number of processes that have run to their end, zombies included. */
export const runsOf = ({ exits, zombies }: Pick<GroupSummary, 'exits' | 'zombies'>): number =>
  exits + zombies;

/** Lists the most frequent failures, the most frequent first: `78,SEGV`; `-` if there are none. */
export const codesText = ({ exitStatuses: { failures } }: GroupSummary): string =>
  failures.map(({ status }) => exitCellText(status)).join(',') || '-';

const ageText = (nowNs: bigint, thenNs: bigint | undefined): string =>
  thenNs === undefined ? '' : formatDuration(nowNs > thenNs ? nowNs - thenNs : 0n);

/** Leaves space for the note in the title, from 120 columns on. */
const commandColumns = (tableWidth: number): number =>
  tableWidth < 60 ? 15 : Math.max(24, Math.min(90, tableWidth - 92));

const codeColumns = (tableWidth: number): number => (tableWidth < 44 ? 7 : tableWidth < 120 ? 8 : 20);

/** The columns of the failures view, left to right. */
export const failureColumns: readonly FailureColumn[] = [
  {
    id: 'command',
    title: 'COMMAND',
    width: commandColumns,
    align: 'left',
    minTableWidth: 0,
    cell: ({ summary }) => summary.key,
  },
  {
    id: 'last',
    title: 'LAST',
    width: 6,
    align: 'right',
    minTableWidth: 0,
    cell: ({ summary, nowNs }) => ageText(nowNs, summary.exitStatuses.lastFailure?.atNs),
  },
  {
    id: 'runs',
    title: 'RUNS',
    width: 6,
    align: 'right',
    minTableWidth: 90,
    // A zombie has run, and its status is among the known ones.
    cell: ({ summary }) => formatCountWithin(runsOf(summary), 6),
  },
  {
    id: 'failed',
    title: 'FAILED',
    width: failedColumns,
    align: 'right',
    minTableWidth: 0,
    cell: ({ summary }) => failedText(summary),
  },
  {
    id: 'codes',
    title: 'EXITS',
    width: codeColumns,
    align: 'left',
    minTableWidth: 0,
    cell: ({ summary }) => codesText(summary),
  },
  {
    id: 'perMinute',
    title: '/MIN',
    width: 5,
    align: 'right',
    minTableWidth: 66,
    cell: ({ summary }) => formatCountWithin(summary.exitStatuses.failuresPerMinute, 5),
  },
  {
    id: 'since',
    title: 'SINCE',
    width: 6,
    align: 'right',
    minTableWidth: 60,
    cell: ({ summary, nowNs }) => ageText(nowNs, summary.exitStatuses.firstFailureNs),
  },
  {
    id: 'parent',
    title: 'PARENT',
    width: undefined,
    align: 'left',
    minTableWidth: 72,
    cell: ({ summary }) => {
      const parent = summary.exitStatuses.lastFailure?.parent;
      return parent ? `${nameText(parent.comm)} ${parent.pid}` : '?';
    },
  },
];

/** The sort orders, in the order in which `s` selects them. */
export const failureSorts: readonly FailureSort[] = [
  'last',
  'failed',
  'perMinute',
  'since',
  'runs',
  'command',
];

type SortValue = (group: GroupStats, second: number) => number | bigint;

/** Sort values, for descending order. The failures that began last come first. */
const sortValues: Readonly<Record<string, SortValue>> = {
  last: ({ exitCounts }) => exitCounts.lastFailure?.atNs ?? 0n,
  failed: ({ exitCounts }) => exitCounts.failed,
  perMinute: ({ exitCounts }, second) => exitCounts.failuresPerMinute(second),
  since: ({ exitCounts }) => exitCounts.firstFailureNs ?? 0n,
  runs: runsOf,
};

/** Returns the groups with failures, sorted. Ties are broken by the newest failure, then by key. */
export const sortFailures = (
  groups: readonly GroupStats[],
  { second }: Pick<StatsSnapshot, 'second'>,
  { by, reversed }: Order,
): GroupStats[] => {
  const sortValue = sortValues[by];
  const rows = groups
    .filter(({ exitCounts }) => exitCounts.failed > 0)
    .map((group) => ({
      group,
      value: sortValue?.(group, second) ?? 0,
      lastNs: group.exitCounts.lastFailure?.atNs ?? 0n,
    }))
    .toSorted((a, b) => {
      if (sortValue && a.value !== b.value) return a.value > b.value ? -1 : 1;
      if (sortValue && a.lastNs !== b.lastNs) return a.lastNs > b.lastNs ? -1 : 1;
      return a.group.key < b.group.key ? -1 : 1;
    })
    .map(({ group }) => group);
  return reversed ? rows.reverse() : rows;
};
