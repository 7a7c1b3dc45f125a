import type { LogEntry } from '../../domain/processes/system-state.ts';
import { commandFields, commDetailFields, entriesOfComm } from '../../store/details/comm-details.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { churnTableRows } from '../../store/views/churn-list.ts';
import {
  type DetailField,
  entriesOfProcess,
  findProcessInfo,
  processDetailFields,
} from '../../store/views/process-details.ts';
import type { RowTarget } from '../../store/views/row-list.ts';
import { formatCount } from '../../util/format.ts';
import { lastingZombies, logLine } from '../components/log-line.ts';
import { Rows } from '../components/row.tsx';
import type { ViewProps } from '../components/view-props.ts';
import { fit, joinEnds, sparkline, wrap } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';

const labelColumns = 11;
/** Limits long command lines, so that they leave space for the events. */
const maxWrappedLines = 4;
/** Rows that are reserved for events, if there are any. */
const minEventRows = 3;

/** The details of the selected row: fields, and the retained events. */
export const DetailsView = ({ snapshot, rows, width }: ViewProps) => {
  const theme = useTheme();
  const { view, system, info, userName } = snapshot;
  const target = view.detailsOf as RowTarget;
  const { fields, events } = detailsOf(target, snapshot);
  const fieldLines = fields.flatMap((field) => linesOf(field, width, theme));
  if (fields.length === 0) fieldLines.push(theme.paint('dim', fit(`  ${noDataText}`, width)));
  const eventRows = Math.max(0, rows - Math.min(fieldLines.length, rows - 2 - minEventRows) - 2);
  const isLasting = lastingZombies(system);
  const eventLines = events
    .slice(-Math.max(1, eventRows))
    .map((entry) =>
      logLine(entry, { clock: info, width, userName, isLasting, commandStyle: view.commandStyle, theme }),
    );
  const below = events.length === 0 ? [] : ['', eventsTitle(events.length, width, theme), ...eventLines];
  const lines = [
    titleOf(target, width, theme),
    ...fieldLines.slice(0, Math.max(1, rows - below.length)),
    ...below,
  ];
  return <Rows lines={lines} rows={rows + 1} />;
};

const noDataText = 'no data: the process has exited, and its events are no longer retained';

/** Returns the fields and events of a process or, if the target is not one, of all processes with its comm. */
const detailsOf = (target: RowTarget, snapshot: Snapshot): { fields: DetailField[]; events: LogEntry[] } => {
  const { system, info, userName, processDetails, churn } = snapshot;
  const { key, comm } = target;
  const details = processDetails?.key === key ? processDetails.details : undefined;
  const process = findProcessInfo(key, { system, info, userName, details });
  if (process)
    return {
      fields: processDetailFields(process),
      events: [...entriesOfProcess(system, process.processId)],
    };
  if (comm === undefined) return { fields: [], events: [] };
  const group = [...churn.stats.groups.comm].find((each) => each.key === comm);
  const [row] = group ? churnTableRows(churn, [group], { groupBy: 'comm', userName }) : [];
  const events = [...entriesOfComm(system, comm)];
  const fields = row
    ? [
        ...commandFields(events),
        ...commDetailFields(row, { retainedOnly: churn.retainedOnly, nowNs: system.nowNs }),
      ]
    : [];
  return { fields, events };
};

const titleOf = ({ comm, pid }: RowTarget, width: number, { paint }: Theme): string => {
  const name = fit(comm ?? '?', Math.min(width - 20, 40)).trimEnd();
  const scope = pid === undefined ? 'all with this comm' : `PID ${pid}`;
  return `${paint('focused', '›')} ${paint('title', name)}  ${paint('label', scope)}`;
};

const linesOf = ({ label, text, bars, suffix }: DetailField, width: number, { paint }: Theme): string[] => {
  const labelCell = (index: number) => paint('label', fit(index === 0 ? label : '', labelColumns, 'right'));
  if (bars) {
    const chart = paint('spawn', sparkline(bars, bars.length));
    return [`${labelCell(0)}  ${paint('dim', text)}${chart}${paint('dim', suffix ?? '')}`];
  }
  return wrap(text, width - labelColumns - 2, maxWrappedLines).map(
    (line, index) => `${labelCell(index)}  ${line}`,
  );
};

const eventsTitle = (count: number, width: number, { paint }: Theme): string =>
  joinEnds(`  ${paint('label', 'EVENTS')}`, paint('dim', formatCount(count, 'event')), width);
