import { useMemo } from 'react';
import { timelineRowsOf } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { visibleWindow } from '../../store/views/row-list.ts';
import { layoutColumns, type PlacedColumn } from '../../store/views/table-column.ts';
import { laneCells, type TimeAxis, type TimelineCell, timeAxis } from '../../store/views/timeline-cells.ts';
import { type TimelineColumn, timelineColumns } from '../../store/views/timeline-columns.ts';
import { type TimelineRow, type TimelineRows, timelineList } from '../../store/views/timeline-list.ts';
import { formatCount, formatDuration } from '../../util/format.ts';
import { Rows } from '../components/row.tsx';
import { rowLine, titleLine } from '../components/table.ts';
import { fit } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import { type Painted, paintRuns, type Theme } from '../theme/theme.ts';
import { noProcessText } from './process-table.tsx';

type Columns = readonly PlacedColumn<TimelineColumn>[];

/** Lives as bars over time: how long each took, what ran at the same time, what began when another ended. */
export const TimelineView = ({
  snapshot,
  rows,
  width,
}: {
  snapshot: Snapshot;
  rows: number;
  width: number;
}) => {
  const { theme } = useTheme();
  const { system, view } = snapshot;
  const { filter, zoom, orders } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a world changes in place; the snapshot tells when.
  const shown = useMemo(() => timelineRowsOf(system, view), [snapshot, filter, zoom, orders.timeline]);
  const { top, selected } = visibleWindow(timelineList(shown), view.selection, rows);
  const columns = layoutColumns(timelineColumns, width);
  const time = timeAxis(system.nowNs, shown.spanNs, columns.at(-1)?.columnWidth ?? 1);
  const lines = shown.rows.slice(top, top + rows).map((row, index) => {
    const line = {
      row,
      top: index === 0 || (row.kind === 'lane' && row.first),
      chosen: top + index === selected,
      marked: view.marks.includes(row.key),
    };
    return row.kind === 'rest'
      ? restLine(row, line, width, theme)
      : laneLine(line, row, { columns, time, shown, width, theme });
  });
  if (shown.rows.every(({ kind }) => kind === 'rest'))
    lines.unshift(theme.paint('dim', fit(emptyText(snapshot, shown), width)));
  const titles = titleLine(
    {
      titles: columns.map(({ column: { id, title, align }, columnWidth }) => ({
        text: id === 'bars' ? axis(shown.spanNs, columnWidth) : fit(title, columnWidth, align),
        sorted: id === orders.timeline.by,
      })),
      reversed: orders.timeline.reversed,
      focused: true,
      note: '',
      width,
    },
    theme,
  );
  return <Rows lines={[titles, ...lines.slice(0, rows)]} rows={rows + 1} />;
};

type Line = { chosen: boolean; marked: boolean; top: boolean };
type Drawn = { columns: Columns; time: TimeAxis; shown: TimelineRows; width: number; theme: Theme };

const laneLine = (
  { chosen, marked, top }: Line,
  row: Extract<TimelineRow, { kind: 'lane' }>,
  { columns, time, shown, width, theme }: Drawn,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, columnWidth }) => {
    if (column.id === 'bars') {
      const drawn = laneCells(row.lane.lifespans, time, shown.knownNs).map(glyph);
      return chosen ? drawn.map(({ text }) => text).join('') : paintRuns(drawn, theme);
    }
    const text = fit(column.cell(row, top), columnWidth, column.align);
    return chosen ? text : paint(column.id === 'comm' ? 'value' : 'dim', text);
  });
  return rowLine(' ', marked, cells, chosen, width, theme);
};

const restLine = (
  { aliveThroughout, omitted }: Extract<TimelineRow, { kind: 'rest' }>,
  { chosen }: Line,
  width: number,
  theme: Theme,
): string => {
  const texts = [
    aliveThroughout > 0 ? `${formatCount(aliveThroughout, 'process', 'processes')} lived throughout` : '',
    omitted > 0 ? `${formatCount(omitted, 'earlier life', 'earlier lives')} not shown` : '',
  ];
  const text = fit(texts.filter((part) => part !== '').join(' · '), Math.max(0, width - 2));
  return rowLine(' ', false, [chosen ? text : theme.paint('dim', text)], chosen, width, theme);
};

const cellGlyphs: Readonly<Record<Exclude<TimelineCell, number>, Painted>> = {
  unknown: { text: '·', role: 'dim' },
  none: { text: ' ', role: 'value' },
  alive: { text: '━', role: 'value' },
  zombie: { text: 'z', role: 'zombie' },
  born: { text: '+', role: 'spawn' },
  ended: { text: '-', role: 'exit' },
  failed: { text: 'x', role: 'exit' },
};

const glyph = (cell: TimelineCell): Painted =>
  typeof cell === 'number' ? { text: cell > 9 ? '#' : String(cell), role: 'exec' } : cellGlyphs[cell];

/** How long ago, at the quarters where there is room, else at the half. */
const axis = (spanNs: bigint, cells: number): string => {
  const parts = cells >= 40 ? 4 : 2;
  let line = '';
  for (let part = 0; part < parts; part++) {
    line = line.padEnd(Math.floor((cells * part) / parts));
    line += `-${formatDuration(spanNs - (spanNs * BigInt(part)) / BigInt(parts))}`;
  }
  return `${line.padEnd(cells - 3).slice(0, cells - 3)}now`;
};

const emptyText = (snapshot: Snapshot, { spanNs }: TimelineRows): string => {
  const { system, view } = snapshot;
  if (system.nowNs === 0n) return noProcessText(snapshot);
  const span = formatDuration(spanNs);
  return view.filter.text === ''
    ? `  nothing came or went in the last ${span}`
    : `  nothing that came or went in the last ${span} matches ${view.filter.text}`;
};
