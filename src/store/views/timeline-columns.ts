import { grouped } from '../../util/format.ts';
import type { Placed } from './table-column.ts';
import type { LifeRow } from './timeline-list.ts';

type Lane = Extract<LifeRow, { kind: 'lane' }>;

export type LivesColumn = Placed & {
  id: 'comm' | 'lives' | 'pid' | 'bars';
  title: string;
  /** Not asked for the bars: they are drawn. `top`: nothing of the same comm stands above it on the screen. */
  cell: (lane: Lane, top: boolean) => string;
};

/** The columns of the timeline view, left to right: the bars take what is left. */
export const livesColumns: readonly LivesColumn[] = [
  {
    id: 'comm',
    title: 'COMM',
    width: (list) => (list < 60 ? 10 : 15),
    align: 'left',
    from: 0,
    cell: ({ lane }, top) => (top ? lane.comm : ''),
  },
  {
    id: 'lives',
    title: 'LIVES',
    width: 5,
    align: 'right',
    from: 0,
    cell: ({ lives }, top) => (top ? grouped(lives) : ''),
  },
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    from: 60,
    cell: ({ lane: { bars } }) => (bars.length === 1 ? String(bars[0]?.pid) : `×${grouped(bars.length)}`),
  },
  { id: 'bars', title: '', width: undefined, align: 'left', from: 0, cell: () => '' },
];

/** `s` goes round in this order; names first, so that nothing moves while it is read. */
export const livesSorts = ['comm', 'lives'] as const satisfies LivesColumn['id'][];
