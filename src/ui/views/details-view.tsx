import { useEffect } from 'react';
import { nameText } from '../../domain/commands/command-text.ts';
import type { LogEntry } from '../../domain/processes/system-state.ts';
import { commandFields, commDetailFields, entriesOfComm } from '../../store/details/comm-details.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import type { Store } from '../../store/store.ts';
import { churnTableRows } from '../../store/views/churn-list.ts';
import { layoutLog } from '../../store/views/log-columns.ts';
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
/** Limits long command lines. */
const maxWrappedLines = 40;

type DetailsViewProps = ViewProps & { store: Store; target: RowTarget };

/** The details of a row: fields, and the retained events, newest first. Scrolls if they do not fit. */
export const DetailsView = ({ snapshot, store, target, rows, width }: DetailsViewProps) => {
  const theme = useTheme();
  const { view, system, info, userName } = snapshot;
  const isLasting = lastingZombies(system);
  const { fields, events } = detailsOf(target, snapshot);
  const fieldLines = fields.flatMap((field) => linesOf(field, width, theme));
  if (fields.length === 0) fieldLines.push(theme.paint('dim', fit(`  ${noDataText}`, width)));
  const eventHead = events.length === 0 ? [] : ['', eventsTitle(events.length, width, theme)];
  const head = [...fieldLines, ...eventHead];
  const height = head.length + events.length;
  // The pane next to a list does not scroll.
  const wanted = view.detailsOf ? view.detailsTop : 0;
  const top = Math.min(wanted, Math.max(0, height - rows));
  useEffect(() => {
    // The reducer does not know the height.
    if (wanted > top) store.dispatch({ type: 'scrollDetails', rows: top - wanted });
  }, [store, wanted, top]);
  const columns = layoutLog(width);
  const eventLines: string[] = [];
  const firstEvent = Math.max(0, top - head.length);
  for (let index = firstEvent; index < events.length && index < top + rows - head.length; index++) {
    const entry = events[events.length - 1 - index] as LogEntry;
    eventLines.push(
      logLine(entry, {
        clock: info,
        width,
        columns,
        userName,
        isLasting,
        commandStyle: view.commandStyle,
        theme,
      }),
    );
  }
  const lines = [...head.slice(top, top + rows), ...eventLines];
  const position = height > rows ? `${top + 1}–${Math.min(height, top + rows)} of ${height}` : '';
  const title = joinEnds(titleOf(target, width, theme), theme.paint('dim', position), width);
  return <Rows lines={[title, ...lines]} rows={rows + 1} />;
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
  const name = fit(nameText(comm), Math.min(width - 20, 40)).trimEnd();
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
  joinEnds(
    `  ${paint('label', 'EVENTS')}`,
    paint('dim', `${formatCount(count, 'event')}, newest first`),
    width,
  );
