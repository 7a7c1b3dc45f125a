import { processKey } from '../../domain/events/process-id.ts';
import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import { processList } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { type ProcessColumn, selectColumns } from '../../store/views/process-columns.ts';
import { visibleWindow } from '../../store/views/row-list.ts';
import { type CellContext, layoutColumns, type PlacedColumn } from '../../store/views/table-column.ts';
import { printable } from '../../util/text.ts';
import { Rows } from '../components/row.tsx';
import { positionText, rowLine, titleLine } from '../components/table.ts';
import { fit, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';
export const newProcessNs = 1_000_000_000n;

type Columns = readonly PlacedColumn<ProcessColumn>[];
type Props = { snapshot: Snapshot; list: readonly ProcessEntry[]; rows: number; width: number };

/** The rolling table of live PIDs. */
export const ProcessTable = ({ snapshot, list, rows, width }: Props) => {
  const { theme } = useTheme();
  const { view, system, info, states, userName } = snapshot;
  const { top, selected } = visibleWindow(processList(list), view.selection, rows);
  const context: CellContext = {
    nowNs: system.nowNs,
    bootOffsetNs: info.bootOffsetNs,
    userName,
    state: (process) => stateLetter(process, states),
  };
  const placed = layoutColumns(selectColumns(view.columns), width);
  const lines = list.slice(top, top + rows).map((process, index) => {
    const marked = view.marks.includes(processKey(process));
    return processLine(process, context, placed, marked, top + index === selected, width, theme);
  });
  if (lines.length === 0) lines.push(theme.paint('dim', fit(noProcessText(snapshot), width)));
  const total = system.table.size + system.table.recentlyExited().length;
  const note = positionText(top, rows, list.length, total);
  return <Rows lines={[titles(snapshot, placed, note, width, theme), ...lines]} rows={rows + 1} />;
};

/** Mark and name carry the colour: they are what one looks for. */
const processLine = (
  process: ProcessEntry,
  context: CellContext,
  placed: Columns,
  marked: boolean,
  chosen: boolean,
  width: number,
  theme: Theme,
): string => {
  const { paint } = theme;
  const role = processRole(process, context.nowNs);
  const cells = placed.map(({ column, columnWidth }) => {
    const text = column.cell(process, context);
    if (chosen) return fit(text, columnWidth, column.align);
    if (column.id === 'comm') return paint(role, fit(text, Math.min(columnWidth, widthOf(printable(text)))));
    return paint(role === 'ended' ? 'dim' : 'value', fit(text, columnWidth, column.align));
  });
  const before = paint(
    chosen ? 'value' : role === 'ended' ? 'exit' : role,
    statusMark(process, context.nowNs),
  );
  return rowLine(before, marked, cells, chosen, width, theme);
};

const titles = ({ view }: Snapshot, placed: Columns, note: string, width: number, theme: Theme): string =>
  titleLine(
    {
      titles: placed.map(({ column: { id, title, align }, columnWidth }) => ({
        text: fit(title, columnWidth, align),
        sorted: id === view.orders.live.by,
      })),
      reversed: view.orders.live.reversed,
      focused: view.pane === 'table',
      note,
      width,
    },
    theme,
  );

/** Born within the last second, ended within it, unreaped, or none of it. */
export const statusMark = (process: ProcessEntry, nowNs: bigint): string => {
  if (process.exitedNs !== undefined) return '-';
  if (isNew(process, nowNs)) return '+';
  return process.zombie ? 'z' : ' ';
};

const isNew = (process: ProcessEntry, nowNs: bigint) =>
  !process.initial && nowNs - process.firstSeenNs < newProcessNs;

export const processRole = (process: ProcessEntry, nowNs: bigint): Role => {
  if (process.exitedNs !== undefined) return 'ended';
  if (process.zombie) return 'zombie';
  return isNew(process, nowNs) ? 'spawn' : process.kthread ? 'dim' : 'value';
};

const stateLetter = (process: ProcessEntry, states: ReadonlyMap<number, string>): string => {
  if (process.exitedNs !== undefined) return 'x';
  if (process.zombie) return 'Z';
  return states.get(process.pid) ?? ' ';
};

export const noProcessText = ({ system, view, info }: Snapshot): string => {
  if (system.nowNs === 0n && info.trace !== undefined) return '  no record so far';
  if (system.nowNs === 0n) return '  looking for processes…';
  return view.filter.text === '' ? '  no process alive' : `  no process matches ${view.filter.text}`;
};
