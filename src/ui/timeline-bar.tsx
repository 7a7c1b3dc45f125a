import type { ReplayStatus } from '../domain/replay.ts';
import { grouped } from '../domain/text.ts';
import { rfc3339 } from '../domain/wall-time.ts';
import { type TimelineCell, timelineCells } from '../store/timeline.ts';
import { visibleWidth } from './cells.ts';
import { useLook } from './context.ts';
import { Row } from './row.tsx';
import type { Role, Theme } from './theme.ts';

/** Where in the trace one is: its churn, its gaps (`!`) and the moment on screen, in one line. */
export const TimelineBar = ({ replay, columns }: { replay: ReplayStatus; columns: number }) => {
  const { theme } = useLook();
  return <Row line={timelineLine(replay, columns, theme)} />;
};

const bars = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export const timelineLine = (replay: ReplayStatus, columns: number, theme: Theme): string => {
  const { paint } = theme;
  const from = paint('dim', endLabel(replay.fromNs, replay));
  const to = paint('dim', replay.indexed < 1 ? '…' : endLabel(replay.toNs, replay));
  const notes = [
    replay.indexed < 1 ? `indexing ${Math.floor(replay.indexed * 100)}%` : '',
    replay.skipped > 0 ? `${grouped(replay.skipped)} bad lines` : '',
  ].filter((note) => note !== '');
  const note = notes.length > 0 ? paint('gap', ` ${notes.join(' ')}`) : '';
  const width = columns - visibleWidth(from) - visibleWidth(to) - visibleWidth(note) - 2;
  return `${from} ${bar(replay, Math.max(1, width), theme)} ${to}${note}`;
};

const glyph = ({ level, gap, known }: TimelineCell): { text: string; role: Role } => {
  if (!known) return { text: '·', role: 'dim' };
  return gap ? { text: '!', role: 'gap' } : { text: bars[level] ?? ' ', role: 'spawn' };
};

/** Cells of the same look are painted at once: a colour code a cell would be most of the frame. */
const bar = (replay: ReplayStatus, width: number, { paint }: Theme): string => {
  const { cells, cursor } = timelineCells(replay, width);
  let line = '';
  let run = '';
  let runRole: Role = 'value';
  cells.forEach((cell, index) => {
    const { text, role } = glyph(cell);
    const own = index === cursor ? 'chosen' : role;
    if (own !== runRole) {
      line += paint(runRole, run);
      run = '';
      runRole = own;
    }
    run += index === cursor && text === ' ' ? '│' : text;
  });
  return line + paint(runRole, run);
};

/** `12:03:04`, or with its day where the trace goes over midnight. */
const endLabel = (ns: bigint, { fromNs, toNs }: ReplayStatus): string => {
  const text = rfc3339(ns);
  const oneDay = rfc3339(fromNs).slice(0, 10) === rfc3339(toNs).slice(0, 10);
  return oneDay ? text.slice(11, 19) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
};
