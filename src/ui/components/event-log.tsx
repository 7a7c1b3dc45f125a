import { logWindow } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { grouped } from '../../util/format.ts';
import { inCells, justify } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { logLine } from './log-line.ts';
import { Rows } from './row.tsx';

/** The scrolling log of what came and went, newest at the bottom. */
export const EventLog = ({ snapshot, rows, width }: { snapshot: Snapshot; rows: number; width: number }) => {
  const { theme } = useLook();
  const { view, world, info } = snapshot;
  const entries = logWindow(world, view.filter, view.logBottom, rows);
  const lines = entries.map((entry) => logLine(entry, info.wallOffsetNs, width, theme));
  if (lines.length === 0) lines.push(theme.paint('dim', inCells(emptyText(snapshot), width)));
  return <Rows lines={[titleLine(snapshot, width, theme), ...lines]} rows={rows + 1} />;
};

const titleLine = ({ view, world }: Snapshot, width: number, { paint }: Theme): string => {
  const focused = view.pane === 'log';
  const title = paint(focused ? 'focused' : 'label', 'EVENTS');
  const below = view.logBottom === undefined ? 0 : world.log.dropped + world.log.length - 1 - view.logBottom;
  const notes = [
    view.logBottom === undefined ? '' : 'held still (F)',
    below > 0 ? `${grouped(below)} newer` : '',
    world.log.dropped > 0 ? `${grouped(world.log.dropped)} older gone` : '',
    `${grouped(world.log.length)} held`,
  ].filter((note) => note !== '');
  return justify(`${focused ? paint('focused', '›') : ' '} ${title}`, paint('dim', notes.join(' · ')), width);
};

const emptyText = ({ view, world }: Snapshot): string => {
  if (world.log.length > 0) return `  no event matches ${view.filter.text}`;
  return '  nothing has come or gone yet';
};
