import { useEffect } from 'react';
import { nameText } from '../../domain/commands/command-text.ts';
import { matchAll } from '../../domain/filter/match-all.ts';
import type { LogEntry } from '../../domain/processes/system-state.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import type { StatsSnapshot } from '../../domain/stats/snapshot.ts';
import { groupDetailFields } from '../../store/details/group-details.ts';
import { entriesOfGroup } from '../../store/details/group-entries.ts';
import {
  type DetailField,
  entriesOfProcess,
  findProcessInfo,
  newestComm,
  processDetailFields,
} from '../../store/details/process-details.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import type { Store } from '../../store/store.ts';
import { churnTableRows } from '../../store/views/churn-list.ts';
import { layoutLog } from '../../store/views/log-columns.ts';
import type { GroupId, RowTarget } from '../../store/views/row-list.ts';
import { formatCount } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { lastingZombies, logLine } from '../components/log-line.ts';
import { Rows } from '../components/row.tsx';
import type { ViewProps } from '../components/view-props.ts';
import { fit, fitCommand, joinEnds, sparkline, widthOf, wrap } from '../text/cells.ts';
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
  const { title, fields, events } = detailsOf(target, snapshot);
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
  const titleRow = joinEnds(titleLine(title, width, theme), theme.paint('dim', position), width);
  return <Rows lines={[titleRow, ...lines]} rows={rows + 1} />;
};

const noDataText = 'no data: the process has exited, and its events are no longer retained';

type Details = { title: { name: string; scope: string }; fields: DetailField[]; events: LogEntry[] };

/** Returns the details of a process or, if the target is not one, of its group. */
const detailsOf = (target: RowTarget, snapshot: Snapshot): Details => {
  const { system, info, userName, processDetails } = snapshot;
  const { key, comm, pid, group } = target;
  const details = processDetails?.key === key ? processDetails.details : undefined;
  const process = findProcessInfo(key, { system, info, userName, details });
  if (process)
    return {
      title: { name: nameText(newestComm(key, system) ?? comm), scope: `PID ${pid}` },
      fields: processDetailFields(process),
      events: [...entriesOfProcess(system, process.processId)],
    };
  return detailsOfGroup(group ?? { grouping: 'comm', key: comm ?? '?' }, snapshot);
};

/** Shows what a group has in common, after its name in the title. */
const groupScopes: Readonly<Record<Grouping, string>> = {
  comm: 'all with this comm',
  command: 'all with this command',
  parent: 'all children of PID',
  user: 'all of this user',
  cgroup: 'all in this cgroup',
  container: 'all in this container',
  unit: 'all in this unit',
};

const detailsOfGroup = (id: GroupId, { system, churn, userName, view }: Snapshot): Details => {
  const { grouping, key } = id;
  const groupIn = ({ groups }: StatsSnapshot) => [...groups[grouping]].find((each) => each.key === key);
  const group = groupIn(churn.stats);
  const [row] = group ? churnTableRows(churn, [group], { groupBy: grouping, userName }) : [];
  const parent = group?.lineage?.[0];
  // As the counts, the events are filtered in the views that count events.
  const filter = churn.stats === churn.unfiltered ? matchAll : view.filter;
  const entries = [...entriesOfGroup(system, id, filter)];
  const known = { group: id, entries, system, userName, retainedOnly: churn.retainedOnly };
  return {
    title: {
      name: parent ? nameText(parent.comm) : (row?.name ?? key),
      scope: `${groupScopes[grouping]}${parent ? ` ${parent.pid}` : ''}`,
    },
    fields: row ? groupDetailFields({ ...known, row }) : [],
    events: entries,
  };
};

/** Cells for the position in the title, and for the sign and the gaps between its parts. */
const positionColumns = 18;
/** A title with less space for the name leaves out the scope, which the name makes clear. */
const minNameColumns = 12;

const titleLine = ({ name, scope }: Details['title'], width: number, { paint }: Theme): string => {
  const nameColumns = widthOf(printable(name));
  const withScope = width - widthOf(scope) - positionColumns;
  const hasScope = withScope >= Math.min(nameColumns, minNameColumns);
  const text = fitCommand(name, Math.min(nameColumns, hasScope ? withScope : width - positionColumns));
  return `${paint('focused', '›')} ${paint('title', text)}${hasScope ? `  ${paint('label', scope)}` : ''}`;
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
