import { keyOf } from '../../domain/events/process-id.ts';
import type { LiveProcess } from '../../domain/processes/process-table.ts';
import { processList } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { type Column, columnsNamed } from '../../store/views/process-columns.ts';
import { windowOf } from '../../store/views/row-list.ts';
import { type CellContext, type PlacedColumn, placedIn } from '../../store/views/table-column.ts';
import { printable } from '../../util/text.ts';
import { Rows } from '../components/row.tsx';
import { placeNote, rowLine, titleLine } from '../components/table.ts';
import { inCells, widthOf } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';
export const newForNs = 1_000_000_000n;

type Columns = readonly PlacedColumn<Column>[];
type Props = { snapshot: Snapshot; list: readonly LiveProcess[]; rows: number; width: number };

/** The rolling table of live PIDs. */
export const ProcessTable = ({ snapshot, list, rows, width }: Props) => {
  const { theme } = useLook();
  const { view, world, info, states, userName } = snapshot;
  const { top, chosen } = windowOf(processList(list), view.choice, rows);
  const context: CellContext = {
    nowNs: world.nowNs,
    bootOffsetNs: info.bootOffsetNs,
    userName,
    state: (process) => stateLetter(process, states),
  };
  const placed = placedIn(columnsNamed(view.columns), width);
  const lines = list.slice(top, top + rows).map((process, index) => {
    const marked = view.marks.includes(keyOf(process));
    return processLine(process, context, placed, marked, top + index === chosen, width, theme);
  });
  if (lines.length === 0) lines.push(theme.paint('dim', inCells(emptyText(snapshot), width)));
  const total = world.table.size + world.table.ended().length;
  const note = placeNote(top, rows, list.length, total);
  return <Rows lines={[titles(snapshot, placed, note, width, theme), ...lines]} rows={rows + 1} />;
};

/** Mark and name carry the colour: they are what one looks for. */
const processLine = (
  process: LiveProcess,
  context: CellContext,
  placed: Columns,
  marked: boolean,
  chosen: boolean,
  width: number,
  theme: Theme,
): string => {
  const { paint } = theme;
  const role = rowRole(process, context.nowNs);
  const cells = placed.map(({ column, own }) => {
    const text = column.cell(process, context);
    if (chosen) return inCells(text, own, column.align);
    if (column.id === 'comm') return paint(role, inCells(text, Math.min(own, widthOf(printable(text)))));
    return paint(role === 'ended' ? 'dim' : 'value', inCells(text, own, column.align));
  });
  const before = paint(chosen ? 'value' : role === 'ended' ? 'exit' : role, mark(process, context.nowNs));
  return rowLine(before, marked, cells, chosen, width, theme);
};

const titles = ({ view }: Snapshot, placed: Columns, note: string, width: number, theme: Theme): string =>
  titleLine(
    {
      titles: placed.map(({ column: { id, title, align }, own }) => ({
        text: inCells(title, own, align),
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
export const mark = (process: LiveProcess, nowNs: bigint): string => {
  if (process.endedNs !== undefined) return '-';
  if (isNew(process, nowNs)) return '+';
  return process.zombie ? 'z' : ' ';
};

const isNew = (process: LiveProcess, nowNs: bigint) => !process.initial && nowNs - process.seenNs < newForNs;

export const rowRole = (process: LiveProcess, nowNs: bigint): Role => {
  if (process.endedNs !== undefined) return 'ended';
  if (process.zombie) return 'zombie';
  return isNew(process, nowNs) ? 'spawn' : process.kthread ? 'dim' : 'value';
};

const stateLetter = (process: LiveProcess, states: ReadonlyMap<number, string>): string => {
  if (process.endedNs !== undefined) return 'x';
  if (process.zombie) return 'Z';
  return states.get(process.pid) ?? ' ';
};

export const emptyText = ({ world, view, info }: Snapshot): string => {
  if (world.nowNs === 0n && info.trace !== undefined) return '  no record so far';
  if (world.nowNs === 0n) return '  looking for processes…';
  return view.filter.text === '' ? '  no process alive' : `  no process matches ${view.filter.text}`;
};
