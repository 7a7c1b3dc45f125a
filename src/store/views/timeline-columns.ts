import { nameText } from '../../domain/commands/command-text.ts';
import type { Lifespan } from '../../domain/views/lifespans.ts';
import { formatCountWithin } from '../../util/format.ts';
import type { TableColumn } from './table-column.ts';
import type { TimelineRow } from './timeline-list.ts';

type LaneRow = Extract<TimelineRow, { kind: 'lane' }>;

type LaneContext = {
  /** Whether no other lane of the comm is above it on screen. */
  isFirst: boolean;
  /** Returns the command of a process. */
  command: (lifespan: Lifespan) => string;
};

/** Maximum number of lifespans of a lane whose commands are compared. */
const maxCompared = 32;

/** Returns the command that all processes of a comm have in common, if they fill one lane, or else the comm. */
const laneLabel = (
  { lane: { comm, lifespans }, count }: LaneRow,
  command: LaneContext['command'],
): string => {
  const [first, ...others] = lifespans.slice(-maxCompared);
  if (!first || count > lifespans.length) return nameText(comm);
  const text = command(first);
  return others.every((other) => command(other) === text) ? text : nameText(comm);
};

/** A column of the timeline view. */
export type TimelineColumn = TableColumn & {
  id: 'comm' | 'count' | 'pid' | 'bars';
  title: string;
  /** Returns the text of a cell. Empty for the bars. */
  cell: (row: LaneRow, context: LaneContext) => string;
};

/** The columns of the timeline view, left to right. The bars take the remaining width. */
export const timelineColumns: readonly TimelineColumn[] = [
  {
    id: 'comm',
    title: 'COMMAND',
    width: (tableWidth) => (tableWidth < 60 ? 10 : tableWidth < 150 ? 15 : 32),
    align: 'left',
    minTableWidth: 0,
    cell: (row, { isFirst, command }) => (isFirst ? laneLabel(row, command) : ''),
  },
  {
    id: 'count',
    title: 'PROCS',
    width: 5,
    align: 'right',
    minTableWidth: 0,
    cell: ({ count }, { isFirst }) => (isFirst ? formatCountWithin(count, 5) : ''),
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
