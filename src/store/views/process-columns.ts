import { formatPlace } from '../../domain/cgroups/place-text.ts';
import { exitCellText, isFailure, shellStatusOf } from '../../domain/events/exit-status.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { ageNs, type ProcessEntry } from '../../domain/processes/process-table.ts';
import { cpuShareOf, rssOf, UsageTable } from '../../domain/processes/process-usage.ts';
import { compareValues } from '../../util/compare.ts';
import { formatDuration, formatPercent, formatSize } from '../../util/format.ts';
import type { Order, ViewId } from '../actions/view-id.ts';
import type { CellContext, TableColumn } from './table-column.ts';

/** A column of the process table. */
export type ProcessColumn = TableColumn & {
  id: 'pid' | 'ppid' | 'user' | 'unit' | 'state' | 'cpu' | 'rss' | 'age' | 'exit' | 'command';
  title: string;
  cell: (process: ProcessEntry, context: CellContext) => string;
  /** Compares in the natural order of the column: the most interesting processes first. */
  compare: (a: ProcessEntry, b: ProcessEntry, usage: UsageTable) => number;
};

/** Returns -1 for an unknown value, which sorts it before known ones. */
const orMinusOne = (value: number | undefined) => value ?? -1;

const hasEnded = ({ zombie, exitedNs }: ProcessEntry): boolean => zombie || exitedNs !== undefined;

/** Ranks failures by status, then successes and unknown statuses, then processes that run. */
const exitRank = (process: ProcessEntry): number => {
  const { exitStatus } = process;
  if (isFailure(exitStatus)) return shellStatusOf(exitStatus) as number;
  return hasEnded(process) ? 0 : -1;
};

const newestFirst = (a: ProcessEntry, b: ProcessEntry) =>
  orMinusOne(b.startTicks) - orMinusOne(a.startTicks) || b.arrivalIndex - a.arrivalIndex;

/** Returns the container or unit of a process; unknown ones sort last. */
const placeText = ({ cgroup }: ProcessEntry): string =>
  cgroup === undefined ? '\u{10ffff}' : formatPlace(cgroup);

/** The columns of the process table, left to right. */
export const processColumns: readonly ProcessColumn[] = [
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    minTableWidth: 0,
    cell: ({ pid }) => String(pid),
    compare: (a, b) => a.pid - b.pid,
  },
  {
    id: 'ppid',
    title: 'PPID',
    width: 7,
    align: 'right',
    minTableWidth: 90,
    cell: ({ ppid }) => (ppid === undefined ? '?' : String(ppid)),
    compare: (a, b) => orMinusOne(a.ppid) - orMinusOne(b.ppid),
  },
  {
    id: 'user',
    title: 'USER',
    width: 8,
    align: 'left',
    minTableWidth: 49,
    cell: ({ uid }, { userName }) => (uid === undefined ? '?' : userName(uid)),
    compare: (a, b) => orMinusOne(a.uid) - orMinusOne(b.uid),
  },
  {
    id: 'unit',
    title: 'UNIT',
    width: (tableWidth) => Math.max(16, Math.min(32, Math.floor(tableWidth / 6))),
    align: 'left',
    minTableWidth: 120,
    cell: ({ cgroup }) => (cgroup === undefined ? '?' : formatPlace(cgroup)),
    compare: (a, b) => compareValues(placeText(a), placeText(b)),
  },
  {
    id: 'state',
    title: 'ST',
    width: 2,
    align: 'left',
    minTableWidth: 0,
    cell: (process, { state }) => state(process),
    compare: (a, b) => Number(b.zombie) - Number(a.zombie),
  },
  {
    id: 'cpu',
    title: 'CPU%',
    width: 5,
    align: 'right',
    minTableWidth: 62,
    cell: (process, { usage }) => formatPercent(cpuShareOf(process, usage)),
    compare: (a, b, usage) => orMinusOne(cpuShareOf(b, usage)) - orMinusOne(cpuShareOf(a, usage)),
  },
  {
    id: 'rss',
    title: 'RSS',
    width: 5,
    align: 'right',
    minTableWidth: 90,
    cell: (process, { usage }) => formatSize(rssOf(process, usage)),
    compare: (a, b, usage) => orMinusOne(rssOf(b, usage)) - orMinusOne(rssOf(a, usage)),
  },
  {
    id: 'age',
    title: 'LIFE',
    width: 6,
    align: 'right',
    minTableWidth: 0,
    // How long it ran, or has been alive so far.
    cell: (process, { nowNs, bootOffsetNs }) =>
      formatDuration(
        process.exitedNs === undefined ? ageNs(process, nowNs, bootOffsetNs) : process.lifetimeNs,
      ),
    compare: newestFirst,
  },
  {
    id: 'exit',
    title: 'EXIT',
    width: 4,
    align: 'right',
    minTableWidth: 0,
    // Empty while it runs. An unknown status is not success.
    cell: (process) => (hasEnded(process) ? exitCellText(process.exitStatus) : ''),
    compare: (a, b) => exitRank(b) - exitRank(a),
  },
  {
    id: 'command',
    title: 'COMMAND',
    width: undefined,
    align: 'left',
    minTableWidth: 0,
    cell: (process, { command }) => command(process),
    compare: (a, b) => compareValues(a.comm, b.comm),
  },
];

const columnsWithoutCgroups = processColumns.filter(({ id }) => id !== 'unit');

/** Returns the named columns in this order at any table width; if undefined, all columns that have data. */
export const selectColumns = (
  ids: readonly ProcessColumn['id'][] | undefined,
  { hasCgroups }: { hasCgroups: boolean },
): readonly ProcessColumn[] =>
  ids?.flatMap((id) =>
    processColumns.filter((column) => column.id === id).map((column) => ({ ...column, minTableWidth: 0 })),
  ) ?? (hasCgroups ? processColumns : columnsWithoutCgroups);

export type ProcessColumnId = ProcessColumn['id'];

/** The sort orders, in the order in which `s` selects them. */
export const processSorts: readonly ProcessColumnId[] = [
  'age',
  'command',
  'pid',
  'ppid',
  'user',
  'unit',
  'state',
  'exit',
  'cpu',
  'rss',
];

const usageNames: readonly string[] = ['cpu', 'rss'];

/** Returns whether the order of the live view, or the filter, depends on what all processes use. */
export const dependsOnUsage = ({ activeView, orders, filter }: UsageDependents): boolean =>
  (activeView === 'live' && usageNames.includes(orders.live.by)) ||
  filter.fieldNames.some((name) => usageNames.includes(name));

type UsageDependents = {
  activeView: ViewId;
  orders: { live: Order };
  filter: Pick<CompiledFilter, 'fieldNames'>;
};

/** Returns a comparison for a sort order. Ties are broken by start time, newest first. */
export const compareProcesses = (
  { by, reversed }: Order,
  usage = new UsageTable(),
): ((a: ProcessEntry, b: ProcessEntry) => number) => {
  const column = processColumns.find(({ id }) => id === by) as ProcessColumn;
  const compare = (a: ProcessEntry, b: ProcessEntry) => column.compare(a, b, usage) || newestFirst(a, b);
  return reversed ? (a, b) => compare(b, a) : compare;
};
