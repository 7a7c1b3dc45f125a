import { ageNs, type LiveProcess } from '../../domain/processes/process-table.ts';
import { shortDuration } from '../../util/format.ts';
import type { Order } from '../actions/view-id.ts';
import type { CellContext, Placed } from './table-column.ts';
export type Column = Placed & {
  id: 'pid' | 'ppid' | 'user' | 'state' | 'age' | 'comm';
  title: string;
  cell: (process: LiveProcess, context: CellContext) => string;
  /** Ascending in the order one looks for; ties are broken by arrival, newest first. */
  compare: (a: LiveProcess, b: LiveProcess) => number;
};

const number = (value: number | undefined) => value ?? -1;
const newest = (a: LiveProcess, b: LiveProcess) =>
  number(b.startTicks) - number(a.startTicks) || b.order - a.order;

/** The table's columns, left to right: what changes often stands to the right, where it costs a terminal least. */
export const columns: readonly Column[] = [
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    from: 0,
    cell: ({ pid }) => String(pid),
    compare: (a, b) => a.pid - b.pid,
  },
  {
    id: 'ppid',
    title: 'PPID',
    width: 7,
    align: 'right',
    from: 56,
    cell: ({ ppid }) => (ppid === undefined ? '?' : String(ppid)),
    compare: (a, b) => number(a.ppid) - number(b.ppid),
  },
  {
    id: 'user',
    title: 'USER',
    width: 8,
    align: 'left',
    from: 48,
    cell: ({ uid }, { userName }) => (uid === undefined ? '?' : userName(uid)),
    compare: (a, b) => number(a.uid) - number(b.uid),
  },
  {
    id: 'state',
    title: 'S',
    width: 1,
    align: 'left',
    from: 0,
    cell: (process, { state }) => state(process),
    compare: (a, b) => Number(b.zombie) - Number(a.zombie),
  },
  {
    id: 'age',
    title: 'AGE',
    width: 6,
    align: 'right',
    from: 0,
    cell: (process, { nowNs, bootOffsetNs }) => shortDuration(ageNs(process, nowNs, bootOffsetNs)),
    compare: newest,
  },
  {
    id: 'comm',
    title: 'COMM',
    width: undefined,
    align: 'left',
    from: 0,
    // Gone or hidden before it could be read: nameless is not the same as unnamed.
    cell: ({ comm, kthread, startTicks }) => (kthread ? `[${comm}]` : startTicks === undefined ? '?' : comm),
    compare: (a, b) => (a.comm < b.comm ? -1 : a.comm > b.comm ? 1 : 0),
  },
];

/** These columns in this order, however narrow the list is; all where none are named. */
export const columnsNamed = (ids: readonly Column['id'][] | undefined): readonly Column[] =>
  ids?.flatMap((id) =>
    columns.filter((column) => column.id === id).map((column) => ({ ...column, from: 0 })),
  ) ?? columns;

export type SortId = Column['id'];

/** `s` goes round in this order. */
export const sortOrder: readonly SortId[] = ['age', 'comm', 'pid', 'ppid', 'user', 'state'];

export const comparing = ({ by, reversed }: Order): Column['compare'] => {
  const column = columns.find(({ id }) => id === by) as Column;
  const compare: Column['compare'] = (a, b) => column.compare(a, b) || newest(a, b);
  return reversed ? (a, b) => compare(b, a) : compare;
};
