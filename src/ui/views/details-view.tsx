import type { LogEntry } from '../../domain/processes/system-state.ts';
import type { Snapshot } from '../../store/store.ts';
import { churnLines } from '../../store/views/churn-list.ts';
import {
  commDetails,
  type Detail,
  entriesNamed,
  entriesOf,
  knownOf,
  processDetails,
} from '../../store/views/details.ts';
import type { Subject } from '../../store/views/row-list.ts';
import { logLine } from '../components/log-line.ts';
import { Rows } from '../components/row.tsx';
import { inCells, justify, sparkline, wrapped } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';

const labelColumns = 11;
/** A command line must not push the events off the screen. */
const mostLines = 4;
/** So many rows are left for the events, where there are any. */
const leastEvents = 3;

type Told = { details: Detail[]; events: LogEntry[] };

/** All that is known of one process, or of all that bore one name. */
export const DetailsView = ({
  snapshot,
  rows,
  width,
}: {
  snapshot: Snapshot;
  rows: number;
  width: number;
}) => {
  const { theme } = useLook();
  const { view, info } = snapshot;
  const subject = view.detailed as Subject;
  const { details, events } = toldOf(subject, snapshot);
  const above = details.flatMap((detail) => detailLines(detail, width, theme));
  if (details.length === 0) above.push(theme.paint('dim', inCells(`  ${nothing}`, width)));
  const room = Math.max(0, rows - Math.min(above.length, rows - 2 - leastEvents) - 2);
  const shown = events
    .slice(-Math.max(1, room))
    .map((entry) => logLine(entry, info.wallOffsetNs, width, theme));
  const below = events.length === 0 ? [] : ['', eventsTitle(events.length, width, theme), ...shown];
  const lines = [
    titleOf(subject, width, theme),
    ...above.slice(0, Math.max(1, rows - below.length)),
    ...below,
  ];
  return <Rows lines={lines} rows={rows + 1} />;
};

const nothing = 'nothing more is known of it: it has ended, and its events are no longer held';

const toldOf = (subject: Subject, snapshot: Snapshot): Told => {
  const { world, info, userName, states, about, churn } = snapshot;
  const { key, pid, comm } = subject;
  const state = pid === undefined ? undefined : states.get(pid);
  const facts = about?.key === key ? about.facts : undefined;
  const known = knownOf(key, { world, info, userName, state, facts });
  if (known) return { details: processDetails(known), events: [...entriesOf(world, known.identity)] };
  if (comm === undefined) return { details: [], events: [] };
  const tally = [...churn.picture.by.comm].find((each) => each.key === comm);
  const [line] = tally ? churnLines(churn, [tally], 'comm', userName) : [];
  const details = line ? commDetails(line, churn.heldOnly) : [];
  return { details, events: [...entriesNamed(world, comm)] };
};

const titleOf = ({ comm, pid }: Subject, width: number, { paint }: Theme): string => {
  const name = comm ?? '?';
  const what = pid === undefined ? 'all of this name' : `PID ${pid}`;
  return `${paint('focused', '›')} ${paint('title', inCells(name, Math.min(width - 20, 40)).trimEnd())}  ${paint('label', what)}`;
};

const detailLines = ({ label, text, bars, behind }: Detail, width: number, { paint }: Theme): string[] => {
  const head = (index: number) => paint('label', inCells(index === 0 ? label : '', labelColumns, 'right'));
  if (bars) {
    const line = `${paint('dim', text)}${paint('spawn', sparkline(bars, bars.length))}${paint('dim', behind ?? '')}`;
    return [`${head(0)}  ${line}`];
  }
  return wrapped(text, width - labelColumns - 2, mostLines).map((line, index) => `${head(index)}  ${line}`);
};

const eventsTitle = (count: number, width: number, { paint }: Theme): string =>
  justify(`  ${paint('label', 'ITS EVENTS')}`, paint('dim', `${count} held`), width);
