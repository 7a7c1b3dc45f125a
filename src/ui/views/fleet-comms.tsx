import type { Order } from '../../store/actions/view-id.ts';
import type { FleetComm } from '../../store/fleet/comm-counter.ts';
import {
  type FleetCommColumn,
  fleetChurnColumns,
  fleetChurnRows,
  fleetCommList,
  fleetFailureColumns,
  fleetFailureRows,
} from '../../store/fleet/comm-list.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { layoutColumns } from '../../store/views/table-column.ts';
import { groupDigits } from '../../util/format.ts';
import { listWindow } from '../components/list-window.ts';
import { Rows } from '../components/row.tsx';
import { positionText, type RowOptions, rowLine, titleLine } from '../components/table.ts';
import type { ListViewProps } from '../components/view-props.ts';
import { fit } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role } from '../theme/theme.ts';

/** The churn view over all guests: a row for each comm or, by host, for each guest. */
export const FleetChurn = (props: ListViewProps) => {
  const { fleet, view } = props.snapshot;
  const { filter, orders, fleetGroupBy: groupBy } = view;
  const rows = fleet ? fleetChurnRows(fleet, { filter, order: orders.churn, groupBy }) : [];
  return (
    <CommTable
      {...props}
      table={{ comms: rows, columns: fleetChurnColumns[groupBy], order: orders.churn, note: '' }}
    />
  );
};

/** The failures view over all guests: a row for each comm of a guest that has failed. */
export const FleetFailures = (props: ListViewProps) => {
  const { fleet, view } = props.snapshot;
  const { filter, orders } = view;
  const comms = fleet ? fleetFailureRows(fleet, { filter, order: orders.failures }) : [];
  const omitted = fleet?.comms.omittedFailures ?? 0;
  const note = omitted > 0 ? `${groupDigits(omitted)} more not listed` : '';
  return (
    <CommTable {...props} table={{ comms, columns: fleetFailureColumns, order: orders.failures, note }} />
  );
};

type Table = {
  comms: readonly FleetComm[];
  columns: readonly FleetCommColumn[];
  order: Order;
  note: string;
};

const CommTable = ({ snapshot, rows, width, frame, table }: ListViewProps & { table: Table }) => {
  const theme = useTheme();
  const { view } = snapshot;
  const { comms, order } = table;
  const list = fleetCommList(comms);
  const { top, rowState, target } = listWindow(list, view, rows);
  const columns = layoutColumns(table.columns, width);
  const lines = comms
    .slice(top, top + rows)
    .map((comm, index) => commLine(comm, { ...rowState(index), columns, width, theme }));
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(snapshot), width)));
  const position = positionText({ top, rows, count: comms.length, total: comms.length });
  const title = titleLine(
    {
      columns,
      titleOf: (column) => column.title,
      order,
      focused: true,
      notes: [table.note, 'all guests', position],
      width,
    },
    theme,
  );
  return frame(<Rows lines={[title, ...lines]} rows={rows + 1} />, target);
};

const roles: Readonly<Partial<Record<string, Role>>> = { codes: 'failure', host: 'dim' };

const commLine = (
  comm: FleetComm,
  { columns, marked, selected, foundText, width, theme }: RowOptions<FleetCommColumn>,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, columnWidth }) => {
    const text = fit(column.cell(comm), columnWidth, column.align);
    const role = column.id === 'failed' && comm.failed > 0 ? 'failure' : (roles[column.id] ?? 'value');
    return selected ? text : paint(role, text);
  });
  const sign = (comm.rate ?? 0) > 0 ? '+' : ' ';
  return rowLine(
    { sign: selected ? sign : paint('spawn', sign), marked, selected, cells, width, foundText },
    theme,
  );
};

const emptyText = ({ view, fleet }: Snapshot): string => {
  if (view.filter.text !== '') return `  no row matches ${view.filter.text}`;
  const isEmpty = fleet === undefined || fleet.comms.byHost.length === 0;
  return isEmpty ? '  waiting for guests…' : '  none so far';
};
