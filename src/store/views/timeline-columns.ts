import { groupDigits } from '../../util/format.ts';
import type { TableColumn } from './table-column.ts';
import type { TimelineRow } from './timeline-list.ts';

type Lane = Extract<TimelineRow, { kind: 'lane' }>;

export type TimelineColumn = TableColumn & {
  id: 'comm' | 'lives' | 'pid' | 'bars';
  title: string;
  /** Not asked for the bars: they are drawn. `top`: nothing of the same comm stands above it on the screen. */
  cell: (lane: Lane, top: boolean) => string;
};

/** The columns of the timeline view, left to right: the bars take what is left. */
export const timelineColumns: readonly TimelineColumn[] = [
  {
    id: 'comm',
    title: 'COMM',
    width: (list) => (list < 60 ? 10 : 15),
    align: 'left',
    minTableWidth: 0,
    cell: ({ lane }, top) => (top ? lane.comm : ''),
  },
  {
    id: 'lives',
    title: 'LIVES',
    width: 5,
    align: 'right',
    minTableWidth: 0,
    cell: ({ count }, top) => (top ? groupDigits(count) : ''),
  },
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    minTableWidth: 60,
    cell: ({ lane: { lifespans } }) =>
      lifespans.length === 1 ? String(lifespans[0]?.pid) : `×${groupDigits(lifespans.length)}`,
  },
  { id: 'bars', title: '', width: undefined, align: 'left', minTableWidth: 0, cell: () => '' },
];

/** `s` goes round in this order; names first, so that nothing moves while it is read. */
export const timelineSorts = ['comm', 'lives'] as const satisfies TimelineColumn['id'][];
