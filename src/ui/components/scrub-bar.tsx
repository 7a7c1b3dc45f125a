import type { ReplayStatus } from '../../domain/source/replay-control.ts';
import { type TimelineCell, timelineCells } from '../../store/scrub-bar.ts';
import { grouped } from '../../util/format.ts';
import { rfc3339 } from '../../util/time.ts';
import { visibleWidth } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import { inRuns, type Painted, type Theme } from '../theme/theme.ts';
import { Row } from './row.tsx';
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
    replay.incomplete ? 'incomplete' : '',
    replay.skipped > 0 ? `${grouped(replay.skipped)} bad lines` : '',
  ].filter((note) => note !== '');
  const note = notes.length > 0 ? paint('gap', ` ${notes.join(' ')}`) : '';
  const width = columns - visibleWidth(from) - visibleWidth(to) - visibleWidth(note) - 2;
  return `${from} ${bar(replay, Math.max(1, width), theme)} ${to}${note}`;
};

const glyph = ({ level, gap, known }: TimelineCell): Painted => {
  if (!known) return { text: '·', role: 'dim' };
  return gap ? { text: '!', role: 'gap' } : { text: bars[level] ?? ' ', role: 'spawn' };
};

const bar = (replay: ReplayStatus, width: number, theme: Theme): string => {
  const { cells, cursor } = timelineCells(replay, width);
  return inRuns(
    cells.map((cell, index) => {
      const { text, role } = glyph(cell);
      return index === cursor ? { text: text === ' ' ? '│' : text, role: 'chosen' } : { text, role };
    }),
    theme,
  );
};

/** `12:03:04`, or with its day where the trace goes over midnight. */
const endLabel = (ns: bigint, { fromNs, toNs }: ReplayStatus): string => {
  const text = rfc3339(ns);
  const oneDay = rfc3339(fromNs).slice(0, 10) === rfc3339(toNs).slice(0, 10);
  return oneDay ? text.slice(11, 19) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
};
