import type { Snapshot } from '../../store/store.ts';
import { type ChurnColumn, type ChurnLine, churnColumns } from '../../store/views/churn-columns.ts';
import { churnLines, churnList, churnTallies } from '../../store/views/churn-list.ts';
import { windowOf } from '../../store/views/row-list.ts';
import { type PlacedColumn, placedIn } from '../../store/views/table-column.ts';
import { shortDuration } from '../../util/format.ts';
import { Rows } from '../components/row.tsx';
import { placeNote, rowLine, titleLine } from '../components/table.ts';
import { inCells, sparkline } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
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
  const { theme } = useLook();
  const { churn, view, userName } = snapshot;
  const { filter, by, orders } = view;
  const tallies = churnTallies(churn, { filter, by, order: orders.churn });
  const list = churnList(tallies, by);
  const { top, chosen } = windowOf(list, view.choice, rows);
  const columns = placedIn(churnColumns, width);
  const lines = churnLines(churn, tallies.slice(top, top + rows), by, userName).map((line, index) => {
    const marked = view.marks.includes(list.subject(top + index).key);
    return churnLine(line, columns, marked, top + index === chosen, width, theme);
  });
  if (lines.length === 0) lines.push(theme.paint('dim', inCells(emptyText(snapshot), width)));
  const place = placeNote(top, rows, list.length, list.length);
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
  const { by, orders } = view;
  const of = churn.heldOnly ? 'events held' : 'since start';
  return titleLine(
    {
      titles: columns.map(({ column: { id, title, align }, own }) => {
        const text = typeof title === 'string' ? title : title[by];
        return { text: inCells(text, own, align), sorted: id === orders.churn.by };
      }),
      reversed: orders.churn.reversed,
      focused: true,
      note: `${of} ${shortDuration(churn.picture.spanNs)} · ${place}`,
      width,
    },
    theme,
  );
};

/** The name and what happens now are what one looks for; counts that stand still step back. */
const roleOf = ({ id }: ChurnColumn, { row, loop }: ChurnLine): Role => {
  if (id === 'name') return loop ? 'gap' : row.rate > 0 ? 'spawn' : 'value';
  if (id === 'last') return 'spawn';
  if (id === 'loop') return 'gap';
  if (id === 'zombies') return 'zombie';
  return id === 'mostly' || (id === 'rate' && row.rate === 0) ? 'dim' : 'value';
};

const churnLine = (
  line: ChurnLine,
  columns: Columns,
  marked: boolean,
  chosen: boolean,
  width: number,
  theme: Theme,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, own }) => {
    const content = column.cell(line);
    const text = typeof content === 'string' ? inCells(content, own, column.align) : sparkline(content, own);
    return chosen ? text : paint(roleOf(column, line), text);
  });
  const mark = line.loop ? '↻' : line.row.rate > 0 ? '+' : ' ';
  return rowLine(
    chosen ? mark : paint(line.loop ? 'gap' : 'spawn', mark),
    marked,
    cells,
    chosen,
    width,
    theme,
  );
};

const emptyText = ({ view, world }: Snapshot): string => {
  if (world.nowNs === 0n) return '  looking for processes…';
  return view.filter.text === '' ? '  nothing has come or gone yet' : `  nothing matches ${view.filter.text}`;
};
