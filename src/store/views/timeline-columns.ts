import { formatCountWithin } from '../../util/format.ts';
import type { TableColumn } from './table-column.ts';
import type { TimelineRow } from './timeline-list.ts';

type LaneRow = Extract<TimelineRow, { kind: 'lane' }>;

/** A column of the timeline view. */
export type TimelineColumn = TableColumn & {
  id: 'comm' | 'count' | 'pid' | 'bars';
  title: string;
  /** Returns the text of a cell. `isFirst`: whether no other lane of the comm is above it on screen. Empty for the bars. */
  cell: (row: LaneRow, isFirst: boolean) => string;
};

/** The columns of the timeline view, left to right. The bars take the remaining width. */
export const timelineColumns: readonly TimelineColumn[] = [
  {
    id: 'comm',
    title: 'COMM',
    width: (tableWidth) => (tableWidth < 60 ? 10 : 15),
    align: 'left',
    minTableWidth: 0,
    cell: ({ lane }, isFirst) => (isFirst ? lane.comm : ''),
  },
  {
    id: 'count',
    title: 'PROCS',
    width: 5,
    align: 'right',
    minTableWidth: 0,
    cell: ({ count }, isFirst) => (isFirst ? formatCountWithin(count, 5) : ''),
  },
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    minTableWidth: 60,
    cell: ({ lane: { lifespans } }) =>
      lifespans.length === 1 ? String(lifespans[0]?.pid) : `×${formatCountWithin(lifespans.length, 6)}`,
  },
  { id: 'bars', title: '', width: undefined, align: 'left', minTableWidth: 0, cell: () => '' },
];

/** The sort orders, in the order in which `s` selects them. The order by comm is first, because rows do not move in it. */
export const timelineSorts = ['comm', 'count'] as const satisfies TimelineColumn['id'][];
