import { commandOfLifespan } from '../../domain/views/commands.ts';
import type { Lifespan } from '../../domain/views/lifespans.ts';
import { timelineRowsOf } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { layoutColumns } from '../../store/views/table-column.ts';
import { laneCells, type TimeAxis, type TimelineCell, timeAxis } from '../../store/views/timeline-cells.ts';
import { type TimelineColumn, timelineColumns } from '../../store/views/timeline-columns.ts';
import { type TimelineRow, timelineList } from '../../store/views/timeline-list.ts';
import { formatCount, formatDuration } from '../../util/format.ts';
import { listWindow } from '../components/list-window.ts';
import { Rows } from '../components/row.tsx';
import { type RowOptions, rowLine, titleLine } from '../components/table.ts';
import type { ListViewProps } from '../components/view-props.ts';
import { fit, fitCommand } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import { type Painted, paintRuns, type Theme } from '../theme/theme.ts';
import { noProcessText } from './process-table.tsx';

/** The timeline view: lifespans as bars over time, in lanes by comm. */
export const TimelineView = ({ snapshot, rows, width, frame }: ListViewProps) => {
  const theme = useTheme();
  const { system, view } = snapshot;
  const { orders } = view;
  const timeline = timelineRowsOf(system, view);
  const { spanNs, knownNs } = timeline;
  const command = (lifespan: Lifespan) => commandOfLifespan(lifespan, system, view.commandStyle);
  const list = timelineList(timeline, command);
  const { top, rowState, target } = listWindow(list, view, rows);
  const columns = layoutColumns(timelineColumns, width);
  const axis = timeAxis(system.nowNs, spanNs, columns.at(-1)?.columnWidth ?? 1);
  const lines = timeline.rows.slice(top, top + rows).map((row, index) => {
    const state = rowState(index);
    if (row.kind === 'rest') return restLine(row, { selected: state.selected, width, theme });
    const isFirst = index === 0 || row.first;
    return laneLine(row, { ...state, isFirst, command, columns, axis, knownNs, width, theme });
  });
  if (timeline.rows.every(({ kind }) => kind === 'rest'))
    lines.unshift(theme.paint('dim', fit(emptyText(snapshot, spanNs), width)));
  const header = titleLine(
    {
      columns,
      titleOf: ({ id, title }, columnWidth) => (id === 'bars' ? axisTitle(spanNs, columnWidth) : title),
      order: orders.timeline,
      focused: true,
      notes: [],
      width,
    },
    theme,
  );
  return frame(<Rows lines={[header, ...lines.slice(0, rows)]} rows={rows + 1} />, target);
};

type LaneLine = RowOptions<TimelineColumn> & {
  axis: TimeAxis;
  knownNs: bigint;
  /** Whether no other lane of the comm is above it on screen. */
  isFirst: boolean;
  command: (lifespan: Lifespan) => string;
};

const laneLine = (
  row: Extract<TimelineRow, { kind: 'lane' }>,
  { columns, axis, knownNs, isFirst, command, marked, selected, foundText, width, theme }: LaneLine,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, columnWidth }) => {
    if (column.id === 'bars') {
      const bars = laneCells(row.lane.lifespans, axis, knownNs).map(glyph);
      return selected ? bars.map(({ text }) => text).join('') : paintRuns(bars, theme);
    }
    const content = column.cell(row, { isFirst, command });
    const text =
      column.id === 'comm' ? fitCommand(content, columnWidth) : fit(content, columnWidth, column.align);
    return selected ? text : paint(column.id === 'comm' ? 'value' : 'dim', text);
  });
  return rowLine({ sign: ' ', marked, selected, cells, width, foundText }, theme);
};

const restLine = (
  { aliveThroughout, omitted }: Extract<TimelineRow, { kind: 'rest' }>,
  { selected, width, theme }: { selected: boolean; width: number; theme: Theme },
): string => {
  const parts = [
    aliveThroughout > 0 ? `${formatCount(aliveThroughout, 'process', 'processes')} alive throughout` : '',
    omitted > 0 ? `${formatCount(omitted, 'earlier process', 'earlier processes')} not shown` : '',
  ];
  const text = fit(parts.filter((part) => part !== '').join(' · '), Math.max(0, width - 2));
  const cells = [selected ? text : theme.paint('dim', text)];
  return rowLine({ sign: ' ', marked: false, selected, foundText: '', cells, width }, theme);
};

const cellGlyphs: Readonly<Record<Exclude<TimelineCell, number>, Painted>> = {
  unknown: { text: '·', role: 'dim' },
  empty: { text: ' ', role: 'value' },
  alive: { text: '━', role: 'value' },
  zombie: { text: 'z', role: 'zombie' },
  briefZombie: { text: 'z', role: 'value' },
  spawned: { text: '+', role: 'spawn' },
  exited: { text: '-', role: 'exit' },
  failed: { text: '×', role: 'failure' },
};

const glyph = (cell: TimelineCell): Painted =>
  typeof cell === 'number' ? { text: cell > 9 ? '#' : String(cell), role: 'exec' } : cellGlyphs[cell];

/** Labels the time axis with ages: at the quarters or, on a narrow screen, at the half. */
const axisTitle = (spanNs: bigint, cells: number): string => {
  const parts = cells >= 40 ? 4 : 2;
  let line = '';
  for (let part = 0; part < parts; part++) {
    line = line.padEnd(Math.floor((cells * part) / parts));
    line += `-${formatDuration(spanNs - (spanNs * BigInt(part)) / BigInt(parts))}`;
  }
  return `${line.padEnd(cells - 3).slice(0, cells - 3)}now`;
};

const emptyText = (snapshot: Snapshot, spanNs: bigint): string => {
  const { system, view } = snapshot;
  if (system.nowNs === 0n) return noProcessText(snapshot);
  const span = formatDuration(spanNs);
  return view.filter.text === ''
    ? `  no process spawned or exited in the last ${span}`
    : `  no process of the last ${span} matches ${view.filter.text}`;
};
