import { summarizeGroup } from '../../domain/stats/group-summary.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { failureGrouping, scopeText } from '../../store/views/churn-data.ts';
import { failureGroups, failureList } from '../../store/views/churn-list.ts';
import {
  type FailureColumn,
  type FailureRow,
  failureColumns,
  runsOf,
} from '../../store/views/failure-columns.ts';
import { layoutColumns } from '../../store/views/table-column.ts';
import { formatCount, groupDigits } from '../../util/format.ts';
import { listWindow } from '../components/list-window.ts';
import { Rows } from '../components/row.tsx';
import { positionText, type RowOptions, rowLine, titleLine } from '../components/table.ts';
import type { ListViewProps } from '../components/view-props.ts';
import { fit, fitCommand } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role } from '../theme/theme.ts';

/** A failure is marked as new for this long, ns. */
const newFailureNs = 1_000_000_000n;

/** The failures view: a row for each command with failed exits, the newest failure first. */
export const FailuresView = ({ snapshot, rows, width, frame }: ListViewProps) => {
  const theme = useTheme();
  const { churn, view, system } = snapshot;
  const groups = failureGroups(churn, { filter: view.filter, order: view.orders.failures });
  const list = failureList(groups);
  const { top, rowState, target } = listWindow(list, view, rows);
  const columns = layoutColumns(failureColumns, width);
  const lines = groups.slice(top, top + rows).map((group, index) => {
    const row = { summary: summarizeGroup(churn.stats, group), nowNs: system.nowNs };
    return failureLine(row, { ...rowState(index), columns, width, theme });
  });
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(snapshot), width)));
  const position = positionText({ top, rows, count: list.length, total: list.length });
  const { evicted } = churn.stats.groups[failureGrouping];
  const title = titleLine(
    {
      columns,
      titleOf: (column) => column.title,
      order: view.orders.failures,
      focused: true,
      notes: [evicted > 0 ? `${groupDigits(evicted)} in (other)` : '', scopeText(churn), position],
      width,
    },
    theme,
  );
  return frame(<Rows lines={[title, ...lines]} rows={rows + 1} />, target);
};

const roles: Readonly<Partial<Record<FailureColumn['id'], Role>>> = { codes: 'failure', parent: 'dim' };

const failureLine = (
  row: FailureRow,
  { columns, marked, selected, foundText, width, theme }: RowOptions<FailureColumn>,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, columnWidth }) => {
    const content = column.cell(row);
    const text =
      column.id === 'command' ? fitCommand(content, columnWidth) : fit(content, columnWidth, column.align);
    return selected ? text : paint(roles[column.id] ?? 'value', text);
  });
  const { lastFailure } = row.summary.exitStatuses;
  const isNew = lastFailure !== undefined && row.nowNs - lastFailure.atNs < newFailureNs;
  const plainSign = isNew ? '×' : ' ';
  const sign = selected ? plainSign : paint('failure', plainSign);
  return rowLine({ sign, marked, selected, cells, width, foundText }, theme);
};

/** Returns why no failure is shown. An unknown exit status is not success. */
const emptyText = ({ view, system, churn }: Snapshot): string => {
  if (system.nowNs === 0n) return '  waiting for processes…';
  if (view.filter.text !== '') return `  no failure matches ${view.filter.text}`;
  const { exitCounts } = churn.stats.all;
  const runs = runsOf(churn.stats.all);
  if (runs === 0) return '  no exits yet';
  const unknown = runs - exitCounts.known;
  if (exitCounts.known === 0)
    return `  no exit status is known of ${formatCount(runs, 'exit')}: churntop check shows why`;
  const known = formatCount(exitCounts.known, 'known exit');
  return `  no failure among ${known}${unknown > 0 ? `; ${groupDigits(unknown)} unknown` : ''}`;
};
