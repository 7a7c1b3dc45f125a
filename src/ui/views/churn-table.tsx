import type { Snapshot } from '../../store/store.ts';
import { type ChurnColumn, type ChurnTableRow, churnColumns } from '../../store/views/churn-columns.ts';
import { churnGroups, churnList, churnTableRows } from '../../store/views/churn-list.ts';
import { visibleWindow } from '../../store/views/row-list.ts';
import { layoutColumns, type PlacedColumn } from '../../store/views/table-column.ts';
import { formatDuration } from '../../util/format.ts';
import { Rows } from '../components/row.tsx';
import { positionText, rowLine, titleLine } from '../components/table.ts';
import { fit, sparkline } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';

/** What churns: a row for each comm, parent or user. */
export const ChurnTable = ({
  snapshot,
  rows,
  width,
}: {
  snapshot: Snapshot;
  rows: number;
  width: number;
}) => {
  const { theme } = useTheme();
  const { churn, view, userName } = snapshot;
  const { filter, groupBy, orders } = view;
  const tallies = churnGroups(churn, { filter, groupBy, order: orders.churn });
  const list = churnList(tallies, groupBy);
  const { top, selected } = visibleWindow(list, view.selection, rows);
  const columns = layoutColumns(churnColumns, width);
  const lines = churnTableRows(churn, tallies.slice(top, top + rows), groupBy, userName).map(
    (line, index) => {
      const marked = view.marks.includes(list.targetAt(top + index).key);
      return churnLine(line, columns, marked, top + index === selected, width, theme);
    },
  );
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(snapshot), width)));
  const place = positionText(top, rows, list.length, list.length);
  return <Rows lines={[titles(snapshot, columns, place, width, theme), ...lines]} rows={rows + 1} />;
};

type Columns = readonly PlacedColumn<ChurnColumn>[];

const titles = (
  { view, churn }: Snapshot,
  columns: Columns,
  place: string,
  width: number,
  theme: Theme,
): string => {
  const { groupBy, orders } = view;
  const of = churn.retainedOnly ? 'events held' : 'since start';
  return titleLine(
    {
      titles: columns.map(({ column: { id, title, align }, columnWidth }) => {
        const text = typeof title === 'string' ? title : title[groupBy];
        return { text: fit(text, columnWidth, align), sorted: id === orders.churn.by };
      }),
      reversed: orders.churn.reversed,
      focused: true,
      note: `${of} ${formatDuration(churn.stats.spanNs)} · ${place}`,
      width,
    },
    theme,
  );
};

/** The name and what happens now are what one looks for; counts that stand still step back. */
const roleOf = ({ id }: ChurnColumn, { summary, loop }: ChurnTableRow): Role => {
  if (id === 'name') return loop ? 'gap' : summary.rate > 0 ? 'spawn' : 'value';
  if (id === 'last') return 'spawn';
  if (id === 'loop') return 'gap';
  if (id === 'zombies') return 'zombie';
  return id === 'mostly' || (id === 'rate' && summary.rate === 0) ? 'dim' : 'value';
};

const churnLine = (
  line: ChurnTableRow,
  columns: Columns,
  marked: boolean,
  chosen: boolean,
  width: number,
  theme: Theme,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, columnWidth }) => {
    const content = column.cell(line);
    const text =
      typeof content === 'string' ? fit(content, columnWidth, column.align) : sparkline(content, columnWidth);
    return chosen ? text : paint(roleOf(column, line), text);
  });
  const mark = line.loop ? '↻' : line.summary.rate > 0 ? '+' : ' ';
  return rowLine(
    chosen ? mark : paint(line.loop ? 'gap' : 'spawn', mark),
    marked,
    cells,
    chosen,
    width,
    theme,
  );
};

const emptyText = ({ view, system }: Snapshot): string => {
  if (system.nowNs === 0n) return '  looking for processes…';
  return view.filter.text === '' ? '  nothing has come or gone yet' : `  nothing matches ${view.filter.text}`;
};
