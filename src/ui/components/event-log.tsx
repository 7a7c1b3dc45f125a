import type { LogEntry } from '../../domain/processes/system-state.ts';
import { isEntryFound } from '../../store/navigation/search.ts';
import { isLogFocused, logWindow } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { isFleetWide } from '../../store/state/state.ts';
import { formatCount, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { fit, joinEnds, widthOf } from '../text/cells.ts';
import { highlight, withoutStyles } from '../text/highlight.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { lastingZombies, logLine } from './log-line.ts';
import { Rows } from './row.tsx';

/** The log of events, newest at the bottom. */
export const EventLog = ({ snapshot, rows, width }: { snapshot: Snapshot; rows: number; width: number }) => {
  const theme = useTheme();
  const { view, system, info, userName } = snapshot;
  const entries = logWindow(system, { filter: view.filter, bottom: view.logBottom, rows });
  const isLasting = lastingZombies(system);
  const { searchText, foundEntry } = view;
  const hostColumns = hostWidth(entries, width);
  const current = foundEntry === undefined ? undefined : system.log.at(foundEntry - system.log.dropped);
  const lines = entries.map((entry) => {
    const line = logLine(entry, {
      clock: info,
      width,
      userName,
      isLasting,
      hostColumns,
      commandStyle: view.commandStyle,
      theme,
    });
    if (entry === current) return theme.paint('selected', withoutStyles(line));
    if (!isEntryFound(entry, view)) return line;
    return highlight(line, searchText, (text) => theme.paint('found', text));
  });
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(snapshot), width)));
  return <Rows lines={[titleLine(snapshot, width, theme), ...lines]} rows={rows + 1} />;
};

/** Width of the column with hosts: that of the longest one on screen, at most a fifth of the log. */
const hostWidth = (entries: readonly LogEntry[], width: number): number =>
  Math.min(
    Math.floor(width / 5),
    entries.reduce((widest, { from }) => Math.max(widest, from ? widthOf(printable(from.host)) : 0), 0),
  );

const titleLine = ({ view, system: { log } }: Snapshot, width: number, { paint }: Theme): string => {
  const focused = isLogFocused(view);
  const title = paint(focused ? 'focused' : 'label', 'EVENTS');
  const newer = view.logBottom === undefined ? 0 : log.dropped + log.length - 1 - view.logBottom;
  const notes = [
    view.logBottom === undefined ? '' : 'scrolled back (F follows)',
    newer > 0 ? `${groupDigits(newer)} newer` : '',
    log.dropped > 0 ? `${groupDigits(log.dropped)} older dropped` : '',
    isFleetWide(view) ? 'all guests' : '',
    formatCount(log.length, 'event'),
  ].filter((note) => note !== '');
  return joinEnds(
    `${focused ? paint('focused', '›') : ' '} ${title}`,
    paint('dim', notes.join(' · ')),
    width,
  );
};

const emptyText = ({ view, system }: Snapshot): string =>
  system.log.length > 0 ? `  no event matches ${view.filter.text}` : '  no events yet';
