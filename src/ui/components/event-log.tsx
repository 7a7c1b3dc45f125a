import { logWindow } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { groupDigits } from '../../util/format.ts';
import { fit, joinEnds } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { logLine } from './log-line.ts';
import { Rows } from './row.tsx';

/** The scrolling log of what came and went, newest at the bottom. */
export const EventLog = ({ snapshot, rows, width }: { snapshot: Snapshot; rows: number; width: number }) => {
  const { theme } = useTheme();
  const { view, system, info } = snapshot;
  const entries = logWindow(system, view.filter, view.logBottom, rows);
  const lines = entries.map((entry) => logLine(entry, info.wallOffsetNs, width, theme));
  if (lines.length === 0) lines.push(theme.paint('dim', fit(emptyText(snapshot), width)));
  return <Rows lines={[titleLine(snapshot, width, theme), ...lines]} rows={rows + 1} />;
};

const titleLine = ({ view, system }: Snapshot, width: number, { paint }: Theme): string => {
  const focused = view.pane === 'log';
  const title = paint(focused ? 'focused' : 'label', 'EVENTS');
  const below =
    view.logBottom === undefined ? 0 : system.log.dropped + system.log.length - 1 - view.logBottom;
  const notes = [
    view.logBottom === undefined ? '' : 'held still (F)',
    below > 0 ? `${groupDigits(below)} newer` : '',
    system.log.dropped > 0 ? `${groupDigits(system.log.dropped)} older gone` : '',
    `${groupDigits(system.log.length)} held`,
  ].filter((note) => note !== '');
  return joinEnds(
    `${focused ? paint('focused', '›') : ' '} ${title}`,
    paint('dim', notes.join(' · ')),
    width,
  );
};

const emptyText = ({ view, system }: Snapshot): string => {
  if (system.log.length > 0) return `  no event matches ${view.filter.text}`;
  return '  nothing has come or gone yet';
};
