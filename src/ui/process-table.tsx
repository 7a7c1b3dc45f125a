import type { LiveProcess } from '../domain/live-table.ts';
import { printable } from '../domain/printable.ts';
import { grouped } from '../domain/text.ts';
import { type CellContext, columnsIn } from '../store/columns.ts';
import { tableWindow } from '../store/select.ts';
import type { Snapshot } from '../store/store.ts';
import { inCells, justify, widthOf } from './cells.ts';
import { useLook } from './context.ts';
import { Rows } from './row.tsx';
import type { Role, Theme } from './theme.ts';

const newForNs = 1_000_000_000n;
/** One cell before each row: born within the last second, ended within it, or neither. */
const markColumns = 2;
const gapColumns = 1;

type Props = { snapshot: Snapshot; list: readonly LiveProcess[]; rows: number; width: number };

/** The rolling table of live PIDs. */
export const ProcessTable = ({ snapshot, list, rows, width }: Props) => {
  const { theme, userName } = useLook();
  const { view, world, info, states } = snapshot;
  const { top, chosen } = tableWindow(list, view.choice, rows);
  const context: CellContext = {
    nowNs: world.nowNs,
    bootOffsetNs: info.bootOffsetNs,
    userName,
    state: (process) => stateLetter(process, states),
  };
  const lines = list
    .slice(top, top + rows)
    .map((process, index) => rowLine(process, context, width, top + index === chosen, theme));
  if (lines.length === 0) lines.push(theme.paint('dim', inCells(emptyText(snapshot), width)));
  return (
    <Rows lines={[titleLine(snapshot, list.length, top, rows, width, theme), ...lines]} rows={rows + 1} />
  );
};

/** Mark and name carry the colour: they are what one looks for; the chosen row is inverse throughout. */
const rowLine = (
  process: LiveProcess,
  context: CellContext,
  width: number,
  chosen: boolean,
  { paint }: Theme,
): string => {
  let left = width - markColumns;
  const role = rowRole(process, context.nowNs);
  const cells = columnsIn(width).map((column) => {
    const own = column.width ?? Math.max(0, left);
    left -= own + gapColumns;
    const text = column.cell(process, context);
    if (chosen) return inCells(text, own, column.align);
    if (column.id === 'comm') return paint(role, inCells(text, Math.min(own, widthOf(printable(text)))));
    return paint(role === 'ended' ? 'dim' : 'value', inCells(text, own, column.align));
  });
  const line = [
    paint(chosen ? 'value' : role === 'ended' ? 'exit' : role, mark(process, context.nowNs)),
    ...cells,
  ].join(' ');
  return chosen ? paint('chosen', inCells(line, width)) : line;
};

const titleLine = (
  { view, world }: Snapshot,
  count: number,
  top: number,
  rows: number,
  width: number,
  { paint }: Theme,
): string => {
  const focused = view.pane === 'table';
  const titles = columnsIn(width)
    .map(({ id, title, width: own, align }) => {
      const text = inCells(title, own ?? title.length, align);
      return id === view.sort ? paint(focused ? 'focused' : 'title', text) : paint('label', text);
    })
    .join(' ');
  const total = world.table.size + world.table.ended().length;
  const shown = count < total ? `${grouped(count)} of ${grouped(total)}` : grouped(count);
  const where = count > rows ? `${grouped(top + 1)}–${grouped(Math.min(count, top + rows))} of ` : '';
  return justify(`${focused ? paint('focused', '›') : ' '} ${titles}`, paint('dim', where + shown), width);
};

const mark = (process: LiveProcess, nowNs: bigint): string => {
  if (process.endedNs !== undefined) return '-';
  if (isNew(process, nowNs)) return '+';
  return process.zombie ? 'z' : ' ';
};

const isNew = (process: LiveProcess, nowNs: bigint) => !process.initial && nowNs - process.seenNs < newForNs;

const rowRole = (process: LiveProcess, nowNs: bigint): Role => {
  if (process.endedNs !== undefined) return 'ended';
  if (process.zombie) return 'zombie';
  return isNew(process, nowNs) ? 'spawn' : process.kthread ? 'dim' : 'value';
};

const stateLetter = (process: LiveProcess, states: ReadonlyMap<number, string>): string => {
  if (process.endedNs !== undefined) return 'x';
  if (process.zombie) return 'Z';
  return states.get(process.pid) ?? ' ';
};

const emptyText = ({ world, view, info }: Snapshot): string => {
  if (world.nowNs === 0n && info.trace !== undefined) return '  no record so far';
  if (world.nowNs === 0n) return '  looking for processes…';
  return view.filter.text === '' ? '  no process alive' : `  no process matches ${view.filter.text}`;
};
