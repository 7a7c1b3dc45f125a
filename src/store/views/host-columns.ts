import type { GuestSummary } from '../../domain/fleet/guest-summary.ts';
import { formatCountWithin, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { markerWidth, type TableColumn } from './table-column.ts';

/** The sort orders of the hosts view. */
export type HostSort =
  | 'host'
  | 'alive'
  | 'spawns'
  | 'exits'
  | 'failed'
  | 'zombies'
  | 'loops'
  | 'alerts'
  | 'missed'
  | 'skew'
  | 'lag'
  | 'heard';

/** A column of the hosts view. */
export type HostColumn = TableColumn & {
  id: HostSort | 'reason';
  title: string;
  cell: (guest: GuestSummary) => string;
};

const unknown = '-';
/** A smaller difference of clocks is not shown, ns. */
const minSkewNs = 10_000_000n;

const countText = (count: number | undefined, width: number): string =>
  count === undefined ? unknown : formatCountWithin(count, width);

const rateText = (perSecond: number | undefined): string =>
  perSecond === undefined ? unknown : formatRate(perSecond);

/** Formats a duration: `12m` in place of `12m48s` if that does not fit `width` cells. */
const durationText = (ns: bigint | undefined, width: number): string => {
  if (ns === undefined) return unknown;
  const text = formatDuration(ns);
  return text.length <= width ? text : text.replace(/(?<=[mhd]).*/, '');
};

/** Formats a skew with its sign, `+1.3s`; `-` if it is unknown or less than 10 ms. */
export const skewText = (ns: bigint | undefined, width = Number.POSITIVE_INFINITY): string => {
  if (ns === undefined) return unknown;
  const magnitude = ns < 0n ? -ns : ns;
  return magnitude < minSkewNs ? unknown : `${ns < 0n ? '-' : '+'}${durationText(magnitude, width - 1)}`;
};

/** Formats missed tasks and lost records: `3`, or `3+12` with records lost. `?` is unknown. */
export const missedText = ({ missed, lost }: GuestSummary, width: number): string => {
  const tasks = missed === undefined ? '?' : formatCountWithin(missed, width);
  if (lost === 0) return tasks;
  const both = `${tasks}+${groupDigits(lost)}`;
  if (both.length <= width) return both;
  return missed === undefined
    ? `?+${formatCountWithin(lost, width - 2)}`
    : formatCountWithin(missed + lost, width);
};

type NumberColumn = {
  id: HostSort;
  title: string;
  width: number;
  minTableWidth?: number;
  cell: HostColumn['cell'];
};

const numberColumn = ({ minTableWidth = 0, ...column }: NumberColumn): HostColumn => ({
  ...column,
  align: 'right',
  minTableWidth,
});

const figures: readonly HostColumn[] = [
  numberColumn({ id: 'alive', title: 'ALIVE', width: 6, cell: ({ alive }) => countText(alive, 6) }),
  numberColumn({ id: 'spawns', title: '+/s', width: 6, cell: ({ spawnRate }) => rateText(spawnRate) }),
  numberColumn({
    id: 'exits',
    title: '-/s',
    width: 6,
    minTableWidth: 66,
    cell: ({ exitRate }) => rateText(exitRate),
  }),
  numberColumn({
    id: 'failed',
    title: 'FAIL',
    width: 5,
    minTableWidth: 48,
    cell: ({ failureRate }) => rateText(failureRate),
  }),
  numberColumn({
    id: 'zombies',
    title: 'Z',
    width: 4,
    cell: ({ zombies }) => countText(zombies, 4),
  }),
  numberColumn({
    id: 'loops',
    title: 'LOOP',
    width: 4,
    minTableWidth: 54,
    cell: ({ loops }) => countText(loops, 4),
  }),
  numberColumn({
    id: 'alerts',
    title: 'ALERT',
    width: 5,
    minTableWidth: 100,
    cell: ({ alerts }) => countText(alerts, 5),
  }),
  numberColumn({
    id: 'missed',
    title: 'MISSED',
    width: 6,
    minTableWidth: 60,
    cell: (guest) => missedText(guest, 6),
  }),
  numberColumn({
    id: 'skew',
    title: 'SKEW',
    width: 6,
    minTableWidth: 80,
    cell: ({ skewNs }) => skewText(skewNs, 6),
  }),
  numberColumn({
    id: 'lag',
    title: 'LAG',
    width: 5,
    minTableWidth: 74,
    cell: ({ lagNs }) => durationText(lagNs, 5),
  }),
  numberColumn({ id: 'heard', title: 'HEARD', width: 5, cell: ({ heardNs }) => durationText(heardNs, 5) }),
];

const [minHostColumns, maxHostColumns] = [10, 28];

/** Returns the width that the other columns leave. */
const hostColumns = (tableWidth: number): number => {
  const shown = figures.filter(({ minTableWidth }) => tableWidth >= minTableWidth);
  const used = shown.reduce((sum, { width }) => sum + (width as number) + 1, markerWidth);
  return Math.max(minHostColumns, Math.min(maxHostColumns, tableWidth - used));
};

/** The columns of the hosts view, left to right. */
export const hostColumnTable: readonly HostColumn[] = [
  { id: 'host', title: 'HOST', width: hostColumns, align: 'left', minTableWidth: 0, cell: ({ id }) => id },
  ...figures,
  {
    id: 'reason',
    title: 'REASON',
    width: undefined,
    align: 'left',
    minTableWidth: 110,
    cell: ({ reason }) => reason ?? '',
  },
];

/** The sort orders, in the order in which `s` selects them. */
export const hostSorts: readonly HostSort[] = ['host', ...figures.map(({ id }) => id as HostSort)];

const absolute = (ns: bigint | undefined): number | undefined =>
  ns === undefined ? undefined : Math.abs(Number(ns));

/** Sort values, for descending order. Guests whose value is unknown come last. */
export const hostSortValues: Readonly<Record<string, (guest: GuestSummary) => number | undefined>> = {
  alive: ({ alive }) => alive,
  spawns: ({ spawnRate }) => spawnRate,
  exits: ({ exitRate }) => exitRate,
  failed: ({ failureRate }) => failureRate,
  zombies: ({ zombies }) => zombies,
  loops: ({ loops }) => loops,
  alerts: ({ alerts }) => alerts,
  missed: ({ missed, lost }) => (missed === undefined && lost === 0 ? undefined : (missed ?? 0) + lost),
  skew: ({ skewNs }) => absolute(skewNs),
  lag: ({ lagNs }) => absolute(lagNs),
  heard: ({ heardNs }) => absolute(heardNs),
};
