import type { ReplayStatus } from '../../domain/source/replay-control.ts';
import { type ScrubCell, scrubCells } from '../../store/scrub-bar.ts';
import { groupDigits } from '../../util/format.ts';
import { formatRfc3339, isSameDay } from '../../util/time.ts';
import { bars, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import { type Painted, paintRuns, type Theme } from '../theme/theme.ts';
import { Row } from './row.tsx';

/** The scrub bar of a replay: the density of events, gaps (`!`) and the position on screen. */
export const ScrubBar = ({ replay, columns }: { replay: ReplayStatus; columns: number }) => {
  const theme = useTheme();
  return <Row line={scrubBarLine(replay, columns, theme)} />;
};

/** Formats the scrub bar, with the times at both ends and the state of the index. */
export const scrubBarLine = (replay: ReplayStatus, columns: number, theme: Theme): string => {
  const { paint } = theme;
  const from = paint('dim', endLabel(replay.fromNs, replay));
  const to = paint('dim', replay.indexedShare < 1 ? '…' : endLabel(replay.toNs, replay));
  const notes = [
    replay.indexedShare < 1 ? `indexing ${Math.floor(replay.indexedShare * 100)}%` : '',
    replay.incomplete ? 'incomplete' : '',
    replay.skippedLines > 0 ? `${groupDigits(replay.skippedLines)} invalid lines` : '',
  ].filter((note) => note !== '');
  const note = notes.length > 0 ? paint('gap', ` ${notes.join(' ')}`) : '';
  const width = columns - widthOf(from) - widthOf(to) - widthOf(note) - 2;
  return `${from} ${bar(replay, Math.max(1, width), theme)} ${to}${note}`;
};

const glyph = ({ level, gap, indexed }: ScrubCell): Painted => {
  if (!indexed) return { text: '·', role: 'dim' };
  return gap ? { text: '!', role: 'gap' } : { text: bars[level] ?? ' ', role: 'spawn' };
};

const bar = (replay: ReplayStatus, width: number, theme: Theme): string => {
  const { cells, cursor } = scrubCells(replay, width);
  return paintRuns(
    cells.map((cell, index) => {
      const { text, role } = glyph(cell);
      return index === cursor ? { text: text === ' ' ? '│' : text, role: 'selected' } : { text, role };
    }),
    theme,
  );
};

/** Returns `12:03:04`, or `11-24 12:03` if the trace spans several days. */
const endLabel = (ns: bigint, { fromNs, toNs }: ReplayStatus): string => {
  const text = formatRfc3339(ns);
  return isSameDay(fromNs, toNs) ? text.slice(11, 19) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
};
