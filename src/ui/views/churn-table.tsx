import { cgroupGroupings, type Grouping, unknownKey } from '../../domain/stats/groups.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { type ChurnColumn, type ChurnTableRow, churnColumnsOf } from '../../store/views/churn-columns.ts';
import { scopeText } from '../../store/views/churn-data.ts';
import { churnGroups, churnList, churnTableRows } from '../../store/views/churn-list.ts';
import { layoutColumns } from '../../store/views/table-column.ts';
import { listWindow } from '../components/list-window.ts';
import { Rows } from '../components/row.tsx';
import { positionText, type RowOptions, rowLine, titleLine } from '../components/table.ts';
import type { ListViewProps } from '../components/view-props.ts';
import { fit, fitCommand, sparkline } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role } from '../theme/theme.ts';

/** The churn view: a row for each group of the grouping. */
export const ChurnTable = ({ snapshot, rows, width, frame }: ListViewProps) => {
  const theme = useTheme();
  const { churn, view, userName } = snapshot;
  const { filter, groupBy, orders } = view;
  const groups = churnGroups(churn, { filter, groupBy, order: orders.churn });
  const list = churnList(groups, groupBy);
  const { top, rowState, target } = listWindow(list, view, rows);
  const columns = layoutColumns(churnColumnsOf(groupBy), width);
  const tableRows = churnTableRows(churn, groups.slice(top, top + rows), { groupBy, userName });
  const lines = tableRows.map((row, index) => churnLine(row, { ...rowState(index), columns, width, theme }));
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(snapshot), width)));
  if (hasOnlyUnknown(groups, groupBy)) lines.push(theme.paint('dim', fit(noCgroupText, width)));
  const position = positionText({ top, rows, count: list.length, total: list.length });
  const title = titleLine(
    {
      columns,
      titleOf: (column) => (typeof column.title === 'string' ? column.title : column.title[groupBy]),
      order: orders.churn,
      focused: true,
      notes: [scopeText(churn), position],
      width,
    },
    theme,
  );
  return frame(<Rows lines={[title, ...lines]} rows={rows + 1} />, target);
};

/** Returns the style of a cell. Groups with current activity are highlighted. */
const roleOf = ({ id }: ChurnColumn, { summary, loop }: ChurnTableRow): Role => {
  if (id === 'name') return loop?.isCrashLoop ? 'gap' : summary.rate > 0 ? 'spawn' : 'value';
  if (id === 'last') return 'spawn';
  if (id === 'loop') return loop?.isCrashLoop ? 'gap' : 'value';
  if (id === 'failed' || id === 'codes') return summary.exitStatuses.failed > 0 ? 'failure' : 'dim';
  return id === 'top' || (id === 'rate' && summary.rate === 0) ? 'dim' : 'value';
};

const churnLine = (
  row: ChurnTableRow,
  { columns, marked, selected, foundText, width, theme }: RowOptions<ChurnColumn>,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, columnWidth }) => {
    const content = column.cell(row);
    const text =
      typeof content !== 'string'
        ? sparkline(content, columnWidth)
        : column.width === undefined && column.id === 'name'
          ? fitCommand(content, columnWidth)
          : fit(content, columnWidth, column.align);
    return selected ? text : paint(roleOf(column, row), text);
  });
  const isCrashLoop = row.loop?.isCrashLoop ?? false;
  const plainSign = isCrashLoop ? '↻' : row.summary.rate > 0 ? '+' : ' ';
  const sign = selected ? plainSign : paint(isCrashLoop ? 'gap' : 'spawn', plainSign);
  return rowLine({ sign, marked, selected, cells, width, foundText }, theme);
};

const noCgroupText = '  no record has a cgroup (--record-cgroups)';

/** Returns whether a grouping by cgroup has no data. */
const hasOnlyUnknown = (groups: readonly { key: string }[], groupBy: Grouping): boolean =>
  cgroupGroupings.includes(groupBy) && groups.length > 0 && groups.every(({ key }) => key === unknownKey);

const emptyText = ({ view, system }: Snapshot): string => {
  if (system.nowNs === 0n) return '  waiting for processes…';
  return view.filter.text === '' ? '  no events yet' : `  no group matches ${view.filter.text}`;
};
