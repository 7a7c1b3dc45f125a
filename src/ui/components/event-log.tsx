import type { LogEntry } from '../../domain/processes/system-state.ts';
import { commandTitles } from '../../domain/views/commands.ts';
import { isEntryFound } from '../../store/navigation/search.ts';
import { isLogFocused, logWindow } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { isFleetWide } from '../../store/state/state.ts';
import { type LogColumn, layoutLog, timeColumns } from '../../store/views/log-columns.ts';
import { type PlacedColumn, userWidths } from '../../store/views/table-column.ts';
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
  const columns = layoutLog(width, {
    withOrigin: true,
    hostColumns: hostWidth(entries, width),
    hasCgroups: system.table.hasCgroups,
    contentWidths: userWidths(system),
  });
  const isLasting = lastingZombies(system);
  const { searchText, foundEntry } = view;
  const current = foundEntry === undefined ? undefined : system.log.at(foundEntry - system.log.dropped);
  const lines = entries.map((entry) => {
    const line = logLine(entry, {
      clock: info,
      width,
      columns,
      userName,
      isLasting,
      commandStyle: view.commandStyle,
      theme,
    });
    if (entry === current) return theme.paint('selected', withoutStyles(line));
    if (!isEntryFound(entry, view)) return line;
    return highlight(line, searchText, (text) => theme.paint('found', text));
  });
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(snapshot), width)));
  return <Rows lines={[titleLine(snapshot, { columns, width, theme }), ...lines]} rows={rows + 1} />;
};

/** Width of the column with hosts: that of the longest one on screen, at most a fifth of the log. */
const hostWidth = (entries: readonly LogEntry[], width: number): number =>
  Math.min(
    Math.floor(width / 5),
    entries.reduce((widest, { from }) => Math.max(widest, from ? widthOf(printable(from.host)) : 0), 0),
  );

type Columns = readonly PlacedColumn<LogColumn>[];
type TitleOptions = { columns: Columns; width: number; theme: Theme };

/** Returns the title row: the titles of the columns, with the notes after that of the command, if there is space for them. */
const titleLine = (
  { view, system: { log } }: Snapshot,
  { columns, width, theme: { paint } }: TitleOptions,
): string => {
  const focused = isLogFocused(view);
  const newer = view.logBottom === undefined ? 0 : log.dropped + log.length - 1 - view.logBottom;
  const notes = [
    view.logBottom === undefined ? '' : 'scrolled back (F follows)',
    newer > 0 ? `${groupDigits(newer)} newer` : '',
    log.dropped > 0 ? `${groupDigits(log.dropped)} older dropped` : '',
    isFleetWide(view) ? 'all guests' : '',
    formatCount(log.length, 'event'),
  ]
    .filter((note) => note !== '')
    .join(' · ');
  const lead = `${focused ? paint('focused', '›') : ' '} ${paint(focused ? 'focused' : 'label', 'EVENTS')}`;
  const titles = titlesOf(columns, `${commandTitles[view.commandStyle]}  ${notes}`);
  if (titles === undefined) return joinEnds(lead, paint('dim', notes), width);
  return `${lead}${' '.repeat(timeColumns - widthOf(lead))} ${paint('label', titles)}`;
};

/** Returns the titles of the columns after the time; undefined if that of the command does not fit its column and the notes. */
const titlesOf = (columns: Columns, commandTitle: string): string | undefined => {
  const widthOfColumn = (id: LogColumn['id']) =>
    columns.find(({ column }) => column.id === id)?.columnWidth ?? -1;
  const commandColumns = widthOfColumn('command') + 1 + widthOfColumn('note');
  if (widthOf(commandTitle) > commandColumns) return undefined;
  return columns
    .filter(({ column: { id } }) => id !== 'time' && id !== 'note')
    .map(({ column: { id, title, align }, columnWidth }) =>
      id === 'command' ? fit(commandTitle, commandColumns) : fit(title, columnWidth, align),
    )
    .join(' ')
    .trimEnd();
};

/** Returns the text of an empty log. Without a filter, all of its events may be short pauses, which are not shown. */
const emptyText = ({ view: { filter }, system }: Snapshot): string =>
  system.log.length > 0 && filter.text !== '' ? `  no event matches ${filter.text}` : '  no events yet';
