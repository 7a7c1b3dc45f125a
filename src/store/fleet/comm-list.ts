import { nameText } from '../../domain/commands/command-text.ts';
import { exitCellText } from '../../domain/events/exit-status.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { emptySubject } from '../../domain/filter/subject.ts';
import { formatCountWithin, formatDuration, formatRate } from '../../util/format.ts';
import type { RowList } from '../views/row-list.ts';
import type { TableColumn } from '../views/table-column.ts';
import type { FleetComm } from './comm-counter.ts';
import type { FleetData } from './fleet-model.ts';
import type { FleetListOptions } from './host-list.ts';

/** What the rows of churn over all guests are: comms, or guests. */
export const fleetGroupings = ['comm', 'host'] as const;
export type FleetGrouping = (typeof fleetGroupings)[number];

/** A column of churn and failures over all guests. Its IDs are those of the views of one guest, where both have it. */
export type FleetCommColumn = TableColumn & {
  id: string;
  title: string;
  cell: (row: FleetComm) => string;
};

const commColumns = (tableWidth: number): number => (tableWidth < 60 ? 15 : 20);
const hostColumns = (tableWidth: number): number => (tableWidth < 100 ? 14 : 24);

const hostText = ({ host, hosts }: FleetComm): string => host ?? `${hosts} hosts`;

const numberColumn = (
  id: string,
  title: string,
  column: Pick<TableColumn, 'minTableWidth'> & { width: number; cell: FleetCommColumn['cell'] },
): FleetCommColumn => ({ ...column, id, title, align: 'right' });

const failedColumn = numberColumn('failed', 'FAILED', {
  width: 9,
  minTableWidth: 0,
  cell: ({ failed, known }) =>
    known === undefined
      ? formatCountWithin(failed, 9)
      : known === 0
        ? '-'
        : `${formatCountWithin(failed, 4)}/${formatCountWithin(known, 4)}`,
});

/** Columns of the newest failure. */
const lastColumns: readonly FleetCommColumn[] = [
  numberColumn('last', 'LAST', {
    width: 6,
    minTableWidth: 60,
    cell: ({ lastFailure }) => (lastFailure ? formatDuration(lastFailure.agoNs) : ''),
  }),
  {
    id: 'codes',
    title: 'EXIT',
    width: 8,
    align: 'left',
    minTableWidth: 50,
    cell: ({ lastFailure }) => (lastFailure ? exitCellText(lastFailure.status) : ''),
  },
];

const commColumn: FleetCommColumn = {
  id: 'name',
  title: 'COMM',
  width: commColumns,
  align: 'left',
  minTableWidth: 0,
  cell: ({ comm }) => nameText(comm),
};

const hostColumn: FleetCommColumn = {
  id: 'host',
  title: 'HOST',
  width: hostColumns,
  align: 'left',
  minTableWidth: 0,
  cell: hostText,
};

const countColumns: readonly FleetCommColumn[] = [
  numberColumn('rate', 'NOW/S', {
    width: 6,
    minTableWidth: 0,
    cell: ({ rate }) => (rate === undefined ? '-' : formatRate(rate)),
  }),
  numberColumn('spawns', 'TOTAL', {
    width: 9,
    minTableWidth: 0,
    cell: ({ spawned }) => formatCountWithin(spawned, 9),
  }),
  numberColumn('exits', 'EXITED', {
    width: 9,
    minTableWidth: 70,
    cell: ({ exited }) => formatCountWithin(exited, 9),
  }),
];

/** The columns of churn over all guests, by grouping. */
export const fleetChurnColumns: Readonly<Record<FleetGrouping, readonly FleetCommColumn[]>> = {
  comm: [commColumn, ...countColumns, failedColumn, { ...hostColumn, width: undefined }],
  host: [{ ...hostColumn, id: 'name' }, ...countColumns, failedColumn, ...lastColumns],
};

/** The columns of failures over all guests. */
export const fleetFailureColumns: readonly FleetCommColumn[] = [
  { ...commColumn, id: 'command' },
  ...lastColumns,
  failedColumn,
  numberColumn('runs', 'RUNS', {
    width: 9,
    minTableWidth: 70,
    cell: ({ exited }) => formatCountWithin(exited, 9),
  }),
  { ...hostColumn, width: undefined },
];

export const fleetChurnSorts = ['rate', 'spawns', 'exits', 'failed', 'name', 'host'] as const;
export const fleetFailureSorts = ['last', 'failed', 'runs', 'command', 'host'] as const;

type SortValue = (row: FleetComm) => number | string;

const byRate: SortValue = ({ rate = -1 }) => rate;
const nameOf: SortValue = ({ comm, host = '' }) => comm ?? host;

/** Sort values. Numbers are in descending order, texts in ascending order. */
const sortValues: Readonly<Record<string, SortValue>> = {
  rate: byRate,
  spawns: ({ spawned }) => spawned,
  exits: ({ exited }) => exited,
  runs: ({ exited }) => exited,
  failed: ({ failed }) => failed,
  last: ({ lastFailure }) => -Number(lastFailure?.agoNs ?? Number.MAX_SAFE_INTEGER),
  name: nameOf,
  command: nameOf,
  host: hostText,
};

/** Returns the rows of churn over all guests that match the filter, sorted. Default: by rate. */
export const fleetChurnRows = (
  { comms }: FleetData,
  { groupBy, ...options }: FleetListOptions & { groupBy: FleetGrouping },
): readonly FleetComm[] => sortRows(groupBy === 'comm' ? comms.byComm : comms.byHost, options, byRate);

/** Returns the rows of failures over all guests that match the filter, sorted. */
export const fleetFailureRows = ({ comms }: FleetData, options: FleetListOptions): readonly FleetComm[] =>
  sortRows(comms.failures, options, sortValues.last as SortValue);

const sortRows = (
  rows: readonly FleetComm[],
  { filter, order }: FleetListOptions,
  defaultValue: SortValue,
): readonly FleetComm[] => {
  const sortValue = sortValues[order.by] ?? defaultValue;
  const sorted = rows
    .filter((row) => matches(row, filter))
    .map((row) => ({ row, value: sortValue(row) }))
    .sort((a, b) => {
      if (a.value !== b.value) return a.value > b.value === (typeof a.value === 'string') ? 1 : -1;
      if (a.row.spawned !== b.row.spawned) return b.row.spawned - a.row.spawned;
      return a.row.key < b.row.key ? -1 : 1;
    })
    .map(({ row }) => row);
  return order.reversed ? sorted.reverse() : sorted;
};

/** Returns whether a row matches. A row of several guests has no host, and a guest is matched by its name. */
const matches = ({ comm, host }: FleetComm, filter: CompiledFilter): boolean =>
  filter.fieldNames.length === 0 || filter.matches({ ...emptySubject, comm: comm ?? host ?? '', host });

/** Returns comms as a row list. The row of one guest has it as its target. */
export const fleetCommList = (rows: readonly FleetComm[]): RowList => ({
  length: rows.length,
  indexOfKey: (wanted) => rows.findIndex(({ key }) => key === wanted),
  indexOfComm: (wanted) => rows.findIndex(({ comm }) => comm === wanted),
  targetAt: (index) => {
    const { key, comm, host } = rows[index] as FleetComm;
    return { key, comm, pid: undefined, ...(host !== undefined && { guest: host }) };
  },
  textAt: (index) => {
    const row = rows[index] as FleetComm;
    return `${row.comm ?? ''} ${hostText(row)}`;
  },
});
