import type { LogEntry } from '../../domain/processes/system-state.ts';
import type { Snapshot } from '../../store/store.ts';
import { churnTableRows } from '../../store/views/churn-list.ts';
import {
  commDetails,
  type Detail,
  entriesOfComm,
  entriesOfProcess,
  findProcessInfo,
  processDetails,
} from '../../store/views/details.ts';
import type { RowTarget } from '../../store/views/row-list.ts';
import { logLine } from '../components/log-line.ts';
import { Rows } from '../components/row.tsx';
import { fit, joinEnds, sparkline, wrap } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';

const labelColumns = 11;
/** A command line must not push the events off the screen. */
const maxWrappedLines = 4;
/** So many rows are left for the events, where there are any. */
const minEventRows = 3;

type DetailsContent = { details: Detail[]; events: LogEntry[] };

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
  const { theme } = useTheme();
  const { view, info } = snapshot;
  const subject = view.detailsOf as RowTarget;
  const { details, events } = contentOf(subject, snapshot);
  const above = details.flatMap((detail) => detailLines(detail, width, theme));
  if (details.length === 0) above.push(theme.paint('dim', fit(`  ${nothingKnown}`, width)));
  const room = Math.max(0, rows - Math.min(above.length, rows - 2 - minEventRows) - 2);
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

const nothingKnown = 'nothing more is known of it: it has ended, and its events are no longer held';

const contentOf = (subject: RowTarget, snapshot: Snapshot): DetailsContent => {
  const { system, info, userName, states, procReadout, churn } = snapshot;
  const { key, pid, comm } = subject;
  const state = pid === undefined ? undefined : states.get(pid);
  const facts = procReadout?.key === key ? procReadout.facts : undefined;
  const known = findProcessInfo(key, { system, info, userName, state, facts });
  if (known) return { details: processDetails(known), events: [...entriesOfProcess(system, known.identity)] };
  if (comm === undefined) return { details: [], events: [] };
  const tally = [...churn.stats.groups.comm].find((each) => each.key === comm);
  const [line] = tally ? churnTableRows(churn, [tally], 'comm', userName) : [];
  const details = line ? commDetails(line, churn.retainedOnly) : [];
  return { details, events: [...entriesOfComm(system, comm)] };
};

const titleOf = ({ comm, pid }: RowTarget, width: number, { paint }: Theme): string => {
  const name = comm ?? '?';
  const what = pid === undefined ? 'all of this name' : `PID ${pid}`;
  return `${paint('focused', '›')} ${paint('title', fit(name, Math.min(width - 20, 40)).trimEnd())}  ${paint('label', what)}`;
};

const detailLines = ({ label, text, bars, suffix }: Detail, width: number, { paint }: Theme): string[] => {
  const head = (index: number) => paint('label', fit(index === 0 ? label : '', labelColumns, 'right'));
  if (bars) {
    const line = `${paint('dim', text)}${paint('spawn', sparkline(bars, bars.length))}${paint('dim', suffix ?? '')}`;
    return [`${head(0)}  ${line}`];
  }
  return wrap(text, width - labelColumns - 2, maxWrappedLines).map(
    (line, index) => `${head(index)}  ${line}`,
  );
};

const eventsTitle = (count: number, width: number, { paint }: Theme): string =>
  joinEnds(`  ${paint('label', 'ITS EVENTS')}`, paint('dim', `${count} held`), width);
