import { useMemo } from 'react';
import type { GuestSummary } from '../../domain/fleet/guest-summary.ts';
import { hostList, hostRows } from '../../store/fleet/host-list.ts';
import { foundTextOf } from '../../store/navigation/search.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { type HostColumn, hostColumnTable } from '../../store/views/host-columns.ts';
import { type RowTarget, visibleWindow } from '../../store/views/row-list.ts';
import { layoutColumns, markerWidth, type PlacedColumn } from '../../store/views/table-column.ts';
import { stateMarks } from '../components/fleet-header.ts';
import { Rows } from '../components/row.tsx';
import { positionText, type RowOptions, rowLine, titleLine } from '../components/table.ts';
import type { ListViewProps } from '../components/view-props.ts';
import { fit } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';

/** The hosts view: a row for each guest. Only the rows on screen are formatted. */
export const HostsView = ({ snapshot: { fleet, view }, rows, width, frame }: ListViewProps) => {
  const theme = useTheme();
  // Figures change once a second, and the log next to them with each frame.
  const { lines, target } = useMemo(
    () => hostTable({ fleet, view }, { rows, width, theme }),
    [fleet, view, rows, width, theme],
  );
  return frame(<Rows lines={lines} rows={rows + 1} />, target);
};

type HostTable = { lines: string[]; target: RowTarget | undefined };

/** Returns the title row and the rows on screen, and the selected guest. */
const hostTable = (
  { fleet, view }: Pick<Snapshot, 'fleet' | 'view'>,
  { rows, width, theme }: { rows: number; width: number; theme: Theme },
): HostTable => {
  const guests = fleet ? hostRows(fleet, { filter: view.filter, order: view.orders.hosts }) : [];
  const list = hostList(guests);
  const { top, selected } = visibleWindow(list, view.selection, rows);
  const columns = layoutColumns(hostColumnTable, width);
  const lines = guests.slice(top, top + rows).map((guest, index) =>
    hostLine(guest, {
      columns,
      marked: view.marks.includes(guest.id),
      selected: top + index === selected,
      foundText: foundTextOf(list, top + index, view.searchText),
      isFocused: guest.id === view.focusedGuest,
      width,
      theme,
    }),
  );
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(fleet, view), width)));
  const title = titleLine(
    {
      columns,
      titleOf: (column) => column.title,
      order: view.orders.hosts,
      focused: true,
      notes: [positionText({ top, rows, count: guests.length, total: fleet?.guests.length ?? 0 })],
      width,
    },
    theme,
  );
  const target = selected === undefined ? undefined : list.targetAt(selected);
  return { lines: [title, ...lines], target };
};

type HostLineOptions = RowOptions<HostColumn> & { isFocused: boolean };

const hostLine = (
  guest: GuestSummary,
  { columns, marked, selected, foundText, isFocused, width, theme }: HostLineOptions,
): string => {
  const { paint } = theme;
  const { mark, role } = stateMarks[guest.state];
  const cells = cellsOf(guest, columns, width).map(({ column, text }) =>
    selected ? text : paint(roles[column]?.(guest, isFocused) ?? 'value', text),
  );
  return rowLine(
    { sign: selected ? mark : paint(role, mark), marked, selected, cells, width, foundText },
    theme,
  );
};

/** Returns the cells of a row. A guest that failed has its reason instead of figures. */
const cellsOf = (
  guest: GuestSummary,
  columns: readonly PlacedColumn<HostColumn>[],
  width: number,
): { column: HostColumn['id']; text: string }[] => {
  const cells = columns.map(({ column, columnWidth }) => ({
    column: column.id,
    text: fit(column.cell(guest), columnWidth, column.align),
  }));
  const [host] = cells;
  const hostColumns = columns[0]?.columnWidth ?? 0;
  return guest.state === 'failed' && host
    ? [host, { column: 'reason', text: fit(guest.reason ?? 'failed', width - markerWidth - hostColumns - 1) }]
    : cells;
};

type RoleOf = (guest: GuestSummary, isFocused: boolean) => Role;

/** Returns `role` for a figure that is not 0. */
const unlessZero =
  (figure: (guest: GuestSummary) => number | undefined, role: Role): RoleOf =>
  (guest) =>
    (figure(guest) ?? 0) > 0 ? role : 'value';

/** Styles of cells by column. Others have the role `value`. */
const roles: Readonly<Partial<Record<HostColumn['id'], RoleOf>>> = {
  host: ({ state }, isFocused) => (isFocused ? 'focused' : state === 'live' ? 'value' : 'dim'),
  reason: ({ state }) => (state === 'failed' ? 'failure' : 'dim'),
  failed: unlessZero(({ failureRate }) => failureRate, 'failure'),
  loops: unlessZero(({ loops }) => loops, 'gap'),
  alerts: unlessZero(({ alerts }) => alerts, 'error'),
  missed: unlessZero(({ lost }) => lost, 'gap'),
};

const emptyText = (fleet: Snapshot['fleet'], view: Snapshot['view']): string =>
  fleet && fleet.guests.length > 0 ? `  no guest matches ${view.filter.text}` : '  waiting for guests…';
