import type { ReplayStatus } from '../../domain/source/replay-control.ts';
import { type OverviewLanes, overviewLanes, overviewTotals } from '../../store/overview.ts';
import { formatCount, formatDuration, groupDigits } from '../../util/format.ts';
import { formatRfc3339, formatTimeOfDay } from '../../util/time.ts';
import { Rows } from '../components/row.tsx';
import type { ViewProps } from '../components/view-props.ts';
import { bars, fit, joinEnds, visibleWidth } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import { type Painted, paintRuns, type Role, type Theme } from '../theme/theme.ts';

const labelColumns = 9;
const maxBarRows = 12;
/** Rows besides the two charts: failures, alerts, gaps, notes, times, and two for the cell at the cursor. */
const otherRows = 7;
const timeLabelColumns = 8;

/** The whole trace of a replay: spawns, exits, failures, alerts, notes and gaps over time. */
export const Overview = ({ replay, rows, width }: ViewProps & { replay: ReplayStatus }) => {
  const theme = useTheme();
  const cells = Math.max(1, width - labelColumns);
  const lanes = overviewLanes(replay, cells);
  const barRows = Math.max(1, Math.min(maxBarRows, Math.floor((rows - otherRows) / 2)));
  const lineOf = (label: string, paintedCells: readonly Painted[]) =>
    theme.paint('label', fit(label, labelColumns)) + withCursor(paintedCells, lanes, theme);
  const chart = (label: string, counts: readonly number[], role: Role, height: number) =>
    chartRows(counts, height).map((row, index) =>
      lineOf(
        index === height - 1 ? label : '',
        row.map((text) => ({ text, role })),
      ),
    );
  const marks = (label: string, counts: readonly number[], text: string, role: Role) =>
    lineOf(
      label,
      counts.map((count) => ({ text: count > 0 ? text : ' ', role })),
    );
  const lines = [
    titleLine(replay, width, theme),
    ...chart('spawns', lanes.spawns, 'spawn', barRows),
    ...chart('exits', lanes.exits, 'exit', barRows),
    ...chart('failures', lanes.failures, 'error', 1),
    lineOf(
      'alerts',
      lanes.alerts.map((alert) => ({ text: alert ? (alert === 'raised' ? '!' : '─') : ' ', role: 'error' })),
    ),
    marks('gaps', lanes.gaps, '!', 'gap'),
    marks('notes', lanes.notes, '#', 'title'),
    timeLine(replay, cells, lanes, theme),
    cursorLine(replay, lanes, width, theme),
    exitedLine(lanes, width, theme),
  ];
  return <Rows lines={lines.slice(0, rows + 1)} rows={rows + 1} />;
};

/** Returns the rows of a bar chart, top first. The highest bar has the full height. */
const chartRows = (counts: readonly number[], height: number): string[][] => {
  const steps = bars.length - 1;
  const largest = Math.max(1, ...counts);
  const levels = counts.map((count) => Math.ceil((count / largest) * height * steps));
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * steps;
    return levels.map((level) => bars[Math.max(0, Math.min(steps, level - below))] ?? ' ');
  });
};

/** Paints the cells of a lane. The cursor is a column, and cells without an index are dots. */
const withCursor = (
  cells: readonly Painted[],
  { cursor, indexedCells }: OverviewLanes,
  theme: Theme,
): string =>
  paintRuns(
    cells.map(({ text, role }, index): Painted => {
      if (index === cursor) return { text: text === ' ' ? '│' : text, role: 'selected' };
      return index < indexedCells ? { text, role } : { text: '·', role: 'dim' };
    }),
    theme,
  );

type Counts = Record<'spawns' | 'exits' | 'failures' | 'unknownExits', number>;

/** Formats counts of events: `153 spawns, 153 exits, 150 failed`. An exit with an unknown status may have failed. */
const countsText = ({ spawns, exits, failures, unknownExits }: Counts): string =>
  [
    formatCount(spawns, 'spawn'),
    formatCount(exits, 'exit'),
    `${groupDigits(failures)} failed`,
    ...(unknownExits > 0 ? [`${groupDigits(unknownExits)} unknown`] : []),
  ].join(', ');

const titleLine = (replay: ReplayStatus, width: number, { paint }: Theme): string => {
  const { spawns, exits, failures, unknownExits, alerts, notes, gaps } = overviewTotals(replay.density);
  const totals = [
    countsText({ spawns, exits, failures, unknownExits }),
    formatCount(alerts, 'alert'),
    notes > 0 ? formatCount(notes, 'note') : '',
    formatCount(gaps, 'gap'),
  ].filter((text) => text !== '');
  const title = `${paint('focused', '›')} ${paint('label', `TRACE ${formatDuration(replay.toNs - replay.fromNs)}`)}`;
  const text = totals.join(' · ');
  const space = width - visibleWidth(title) - 1;
  return joinEnds(
    title,
    paint('dim', text.length <= space ? text : fit(totals[0] ?? '', space).trimEnd()),
    width,
  );
};

/** Returns the times of the cells at equal distances: of day, or with the date if the trace has several days. */
const timeLine = (
  { fromNs, toNs }: ReplayStatus,
  cells: number,
  { cellNs }: OverviewLanes,
  { paint }: Theme,
): string => {
  const oneDay = formatRfc3339(fromNs).slice(0, 10) === formatRfc3339(toNs).slice(0, 10);
  const labelOf = (ns: bigint) => {
    const text = formatRfc3339(ns);
    return oneDay ? text.slice(11, 19) : text.slice(5, 13).replace('T', ' ');
  };
  const labels = Math.max(1, Math.min(10, Math.floor(cells / (2 * timeLabelColumns + 4))));
  const step = Math.floor(cells / labels);
  const text = Array.from({ length: labels }, (_, index) =>
    fit(`│${labelOf(fromNs + BigInt(index * step) * cellNs)}`, step),
  ).join('');
  return paint('dim', ' '.repeat(labelColumns) + fit(text, cells));
};

const cursorLine = (
  { positionNs }: ReplayStatus,
  { spawns, exits, failures, unknownExits, cursor, cellNs }: OverviewLanes,
  width: number,
  { paint }: Theme,
): string => {
  const at = (lane: readonly number[]) => lane[cursor] ?? 0;
  const counts = countsText({
    spawns: at(spawns),
    exits: at(exits),
    failures: at(failures),
    unknownExits: at(unknownExits),
  });
  const text = `${fit('cursor', labelColumns)}${formatTimeOfDay(positionNs).slice(0, 8)}  ${counts} in ${formatDuration(cellNs)}`;
  return paint('value', fit(text, width));
};

/** Returns what exited at the cursor: `exited   sync-tenant ×150, df ×3`. */
const exitedLine = ({ exitedNames }: OverviewLanes, width: number, { paint }: Theme): string => {
  const names = exitedNames.map(({ name, count }) => `${name} ×${groupDigits(count)}`).join(', ');
  return paint('value', fit(names === '' ? '' : `${fit('exited', labelColumns)}${names}`, width));
};
