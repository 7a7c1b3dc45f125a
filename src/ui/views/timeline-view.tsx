import { useMemo } from 'react';
import { livesShown } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { windowOf } from '../../store/views/row-list.ts';
import { type PlacedColumn, placedIn } from '../../store/views/table-column.ts';
import { type LifeCell, lifeCells, type TimeCells, timeCells } from '../../store/views/timeline-cells.ts';
import { type LivesColumn, livesColumns } from '../../store/views/timeline-columns.ts';
import { type LifeRow, type LivesOnShow, livesList } from '../../store/views/timeline-list.ts';
import { counted, shortDuration } from '../../util/format.ts';
import { Rows } from '../components/row.tsx';
import { rowLine, titleLine } from '../components/table.ts';
import { inCells } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import { inRuns, type Painted, type Theme } from '../theme/theme.ts';
import { emptyText } from './process-table.tsx';

type Columns = readonly PlacedColumn<LivesColumn>[];

/** Lives as bars over time: how long each took, what ran at the same time, what began when another ended. */
export const LivesView = ({ snapshot, rows, width }: { snapshot: Snapshot; rows: number; width: number }) => {
  const { theme } = useLook();
  const { world, view } = snapshot;
  const { filter, zoom, orders } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a world changes in place; the snapshot tells when.
  const shown = useMemo(() => livesShown(world, view), [snapshot, filter, zoom, orders.timeline]);
  const { top, chosen } = windowOf(livesList(shown), view.choice, rows);
  const columns = placedIn(livesColumns, width);
  const time = timeCells(world.nowNs, shown.spanNs, columns.at(-1)?.own ?? 1);
  const lines = shown.rows.slice(top, top + rows).map((row, index) => {
    const line = {
      row,
      top: index === 0 || (row.kind === 'lane' && row.first),
      chosen: top + index === chosen,
      marked: view.marks.includes(row.key),
    };
    return row.kind === 'rest'
      ? restLine(row, line, width, theme)
      : laneLine(line, row, { columns, time, shown, width, theme });
  });
  if (shown.rows.every(({ kind }) => kind === 'rest'))
    lines.unshift(theme.paint('dim', inCells(nothingText(snapshot, shown), width)));
  const titles = titleLine(
    {
      titles: columns.map(({ column: { id, title, align }, own }) => ({
        text: id === 'bars' ? axis(shown.spanNs, own) : inCells(title, own, align),
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
type Drawn = { columns: Columns; time: TimeCells; shown: LivesOnShow; width: number; theme: Theme };

const laneLine = (
  { chosen, marked, top }: Line,
  row: Extract<LifeRow, { kind: 'lane' }>,
  { columns, time, shown, width, theme }: Drawn,
): string => {
  const { paint } = theme;
  const cells = columns.map(({ column, own }) => {
    if (column.id === 'bars') {
      const drawn = lifeCells(row.lane.bars, time, shown.knownNs).map(glyph);
      return chosen ? drawn.map(({ text }) => text).join('') : inRuns(drawn, theme);
    }
    const text = inCells(column.cell(row, top), own, column.align);
    return chosen ? text : paint(column.id === 'comm' ? 'value' : 'dim', text);
  });
  return rowLine(' ', marked, cells, chosen, width, theme);
};

const restLine = (
  { throughout, untold }: Extract<LifeRow, { kind: 'rest' }>,
  { chosen }: Line,
  width: number,
  theme: Theme,
): string => {
  const texts = [
    throughout > 0 ? `${counted(throughout, 'process', 'processes')} lived throughout` : '',
    untold > 0 ? `${counted(untold, 'earlier life', 'earlier lives')} not shown` : '',
  ];
  const text = inCells(texts.filter((part) => part !== '').join(' · '), Math.max(0, width - 2));
  return rowLine(' ', false, [chosen ? text : theme.paint('dim', text)], chosen, width, theme);
};

const looks: Readonly<Record<Exclude<LifeCell, number>, Painted>> = {
  unknown: { text: '·', role: 'dim' },
  none: { text: ' ', role: 'value' },
  alive: { text: '━', role: 'value' },
  zombie: { text: 'z', role: 'zombie' },
  born: { text: '+', role: 'spawn' },
  ended: { text: '-', role: 'exit' },
  failed: { text: 'x', role: 'exit' },
};

const glyph = (cell: LifeCell): Painted =>
  typeof cell === 'number' ? { text: cell > 9 ? '#' : String(cell), role: 'exec' } : looks[cell];

/** How long ago, at the quarters where there is room, else at the half. */
const axis = (spanNs: bigint, cells: number): string => {
  const parts = cells >= 40 ? 4 : 2;
  let line = '';
  for (let part = 0; part < parts; part++) {
    line = line.padEnd(Math.floor((cells * part) / parts));
    line += `-${shortDuration(spanNs - (spanNs * BigInt(part)) / BigInt(parts))}`;
  }
  return `${line.padEnd(cells - 3).slice(0, cells - 3)}now`;
};

const nothingText = (snapshot: Snapshot, { spanNs }: LivesOnShow): string => {
  const { world, view } = snapshot;
  if (world.nowNs === 0n) return emptyText(snapshot);
  const span = shortDuration(spanNs);
  return view.filter.text === ''
    ? `  nothing came or went in the last ${span}`
    : `  nothing that came or went in the last ${span} matches ${view.filter.text}`;
};
