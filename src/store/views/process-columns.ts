import { formatPlace } from '../../domain/cgroups/place-text.ts';
import { exitCellText, isFailure, shellStatusOf } from '../../domain/events/exit-status.ts';
import { ageNs, type ProcessEntry } from '../../domain/processes/process-table.ts';
import { formatDuration } from '../../util/format.ts';
import type { Order } from '../actions/view-id.ts';
import type { CellContext, TableColumn } from './table-column.ts';

/** A column of the process table. */
export type ProcessColumn = TableColumn & {
  id: 'pid' | 'ppid' | 'user' | 'unit' | 'state' | 'age' | 'exit' | 'comm';
  title: string;
  cell: (process: ProcessEntry, context: CellContext) => string;
  /** Compares in the natural order of the column: the most interesting processes first. */
  compare: (a: ProcessEntry, b: ProcessEntry) => number;
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

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

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
    minTableWidth: 100,
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
    compare: (a, b) => compareTexts(placeText(a), placeText(b)),
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
    id: 'comm',
    title: 'COMM',
    width: undefined,
    align: 'left',
    minTableWidth: 0,
    // `?` if the process could not be read. Its comm may also be empty.
    cell: ({ comm, kthread, startTicks }) => (kthread ? `[${comm}]` : startTicks === undefined ? '?' : comm),
    compare: (a, b) => compareTexts(a.comm, b.comm),
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
  'comm',
  'pid',
  'ppid',
  'user',
  'unit',
  'state',
  'exit',
];

/** Returns a comparison for a sort order. Ties are broken by start time, newest first. */
export const compareProcesses = ({ by, reversed }: Order): ProcessColumn['compare'] => {
  const column = processColumns.find(({ id }) => id === by) as ProcessColumn;
  const compare: ProcessColumn['compare'] = (a, b) => column.compare(a, b) || newestFirst(a, b);
  return reversed ? (a, b) => compare(b, a) : compare;
};
