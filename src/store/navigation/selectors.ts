import { type ChurnRecord, type GapRecord, isProbeEvent } from '../../domain/events/event.ts';
import { processKey } from '../../domain/events/process-id.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { matchesRecord } from '../../domain/filter/stream-filter.ts';
import { gapSubject, ProcessSubject } from '../../domain/filter/subject.ts';
import type { Guest } from '../../domain/processes/guest.ts';
import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { commandOfLifespan, commandOfNode, commandOfProcess } from '../../domain/views/commands.ts';
import type { ListId, Order } from '../actions/view-id.ts';
import { newestComm } from '../details/process-details.ts';
import { fleetChurnRows, fleetCommList, fleetFailureRows } from '../fleet/comm-list.ts';
import type { FleetData } from '../fleet/fleet-model.ts';
import { hostList, hostRows } from '../fleet/host-list.ts';
import { isFleetWide, listIdOf, type ViewState } from '../state/state.ts';
import type { ChurnData } from '../views/churn-data.ts';
import { churnGroups, churnList, failureGroups, failureList } from '../views/churn-list.ts';
import { compareProcesses } from '../views/process-columns.ts';
import { type RowList, type RowTarget, visibleWindow } from '../views/row-list.ts';
import { buildTimelineRows, type TimelineRows, timelineList } from '../views/timeline-list.ts';
import { buildTreeRows, type TreeRows, treeList } from '../views/tree-list.ts';

/** The data that views are drawn from: the state of the system, the churn statistics, and the guests of a fleet. */
export type ViewData = { system: SystemState; churn: ChurnData; fleet?: FleetData | undefined };

/** Returns the live and recently exited processes that match the filter, sorted. */
export const processRows = (
  system: SystemState,
  { filter, orders }: { filter: CompiledFilter; orders: { live: Order } },
): ProcessEntry[] => {
  const processes = [...system.table.live(), ...system.table.recentlyExited()];
  const rows =
    filter.fieldNames.length === 0
      ? processes
      : processes.filter((process) => filter.matches(new ProcessSubject(process, system)));
  return rows.sort(compareProcesses(orders.live, system.usage));
};

/** Returns processes as a row list. `commandOf` returns the text that a search looks in. Default: the comm. */
export const processList = (
  rows: readonly ProcessEntry[],
  commandOf = ({ comm }: ProcessEntry) => comm,
): RowList => ({
  length: rows.length,
  indexOfKey: (key) => {
    const pid = Number.parseInt(key, 10);
    return rows.findIndex((process) => process.pid === pid && processKey(process) === key);
  },
  indexOfComm: (wanted) => rows.findIndex(({ comm }) => comm === wanted),
  targetAt: (index) => {
    const { pid, comm, startTicks } = rows[index] as ProcessEntry;
    return { key: processKey({ pid, startTicks }), comm, pid };
  },
  textAt: (index) => commandOf(rows[index] as ProcessEntry),
});

const emptyList = hostList([]);

const rowLists: Readonly<Record<ListId, (data: ViewData, view: ViewState) => RowList>> = {
  hosts: ({ fleet }, { filter, orders }) =>
    fleet ? hostList(hostRows(fleet, { filter, order: orders.hosts })) : emptyList,
  noGuest: () => emptyList,
  fleetChurn: ({ fleet }, { filter, orders, fleetGroupBy: groupBy }) =>
    fleet ? fleetCommList(fleetChurnRows(fleet, { filter, order: orders.churn, groupBy })) : emptyList,
  fleetFailures: ({ fleet }, { filter, orders }) =>
    fleet ? fleetCommList(fleetFailureRows(fleet, { filter, order: orders.failures })) : emptyList,
  live: ({ system }, view) => processList(processRows(system, view), commandsOf(system, view)),
  churn: ({ churn }, { filter, groupBy, orders }) =>
    churnList(churnGroups(churn, { filter, groupBy, order: orders.churn }), groupBy),
  tree: ({ system }, view) =>
    treeList(treeRowsOf(system, view), (node) => commandOfNode(node, system, view.commandStyle)),
  timeline: ({ system }, view) =>
    timelineList(timelineRowsOf(system, view), (lifespan) =>
      commandOfLifespan(lifespan, system, view.commandStyle),
    ),
  failures: ({ churn }, { filter, orders }) =>
    failureList(failureGroups(churn, { filter, order: orders.failures })),
};

/** Returns a function from processes to their commands as shown. */
const commandsOf =
  (system: SystemState, { commandStyle }: ViewState) =>
  (process: ProcessEntry): string =>
    commandOfProcess(process, system, commandStyle);

/** Returns the rows of the tree view. */
export const treeRowsOf = (
  system: SystemState,
  { filter, collapsed, orders }: Pick<ViewState, 'filter' | 'collapsed' | 'orders'>,
): TreeRows => buildTreeRows(system, { filter, collapsed, order: orders.tree });

/** Returns the rows of the timeline view. */
export const timelineRowsOf = (
  system: SystemState,
  { filter, zoom, orders }: Pick<ViewState, 'filter' | 'zoom' | 'orders'>,
): TimelineRows => buildTimelineRows(system, { filter, zoom, order: orders.timeline });

/** Returns whether keys act on the log: it fills the screen, or it is the focused pane of the live view. */
export const isLogFocused = ({
  activeView,
  pane,
  fullLog,
}: Pick<ViewState, 'activeView' | 'pane' | 'fullLog'>): boolean =>
  fullLog || (activeView === 'live' && pane === 'log');

/** Returns the rows of the active view. */
export const rowListOf = (data: ViewData, view: ViewState): RowList => rowLists[listIdOf(view)](data, view);

/** Returns the target of the selected row. */
export const selectedTarget = (data: ViewData, view: ViewState): RowTarget | undefined => {
  if (!view.selection) return undefined;
  const list = rowListOf(data, view);
  const { selected } = visibleWindow(list, view.selection, 1);
  return selected === undefined ? undefined : list.targetAt(selected);
};

/** Returns whether the log shows a line for the entry. */
export const isShownInLog = (entry: LogEntry, filter: CompiledFilter, guest: Guest): boolean => {
  const { record, mergedIntoSpawn } = entry;
  if (record.probe_source === 'trace.gap') return isGapShown(record, filter);
  return !mergedIntoSpawn && matchesRecord(entry, filter, guest);
};

/** Shorter pauses of the sampler, ns, are counted in the header. They lose nothing that is not counted as missed. */
const minLoggedPauseNs = 1_000_000_000n;

/** Returns whether the log shows a gap: with `event=gap` always; without a filter, unless it is a short pause. */
const isGapShown = (gap: GapRecord, filter: CompiledFilter): boolean => {
  if (filter.selectsGaps) return filter.matches(gapSubject);
  const isShortPause =
    gap.reason === 'stalled' && gap.to_monotonic_ns - gap.from_monotonic_ns < minLoggedPauseNs;
  return filter.fieldNames.length === 0 && !isShortPause;
};

/**
 * Returns the numbers of the retained log entries that match, ascending. The first entry of the session has number 0, so
 * that numbers stay valid while old entries are dropped.
 */
export const matchingEntryNumbers = ({ log, guest }: SystemState, filter: CompiledFilter): number[] => {
  const numbers: number[] = [];
  let number = log.dropped;
  for (const entry of log) {
    if (isShownInLog(entry, filter, guest)) numbers.push(number);
    number++;
  }
  return numbers;
};

/**
 * Returns up to `rows` matching log entries, oldest first. The last one has a number of at most `bottom`; undefined is
 * the newest. If too few entries precede it, later ones fill the window.
 */
export const logWindow = (
  { log, guest }: SystemState,
  { filter, bottom, rows }: { filter: CompiledFilter; bottom: number | undefined; rows: number },
): LogEntry[] => {
  const newest = log.length - 1;
  const last = bottom === undefined ? newest : Math.min(newest, Math.max(-1, bottom - log.dropped));
  const window: LogEntry[] = [];
  for (let index = last; index >= 0 && window.length < rows; index--) {
    const entry = log.at(index) as LogEntry;
    if (isShownInLog(entry, filter, guest)) window.push(entry);
  }
  window.reverse();
  for (let index = last + 1; index <= newest && window.length < rows; index++) {
    const entry = log.at(index) as LogEntry;
    if (isShownInLog(entry, filter, guest)) window.push(entry);
  }
  return window;
};

/** Yields the retained records that match, oldest first. A dump writes them. */
export const matchingRecords = function* (
  { log, guest }: SystemState,
  filter: CompiledFilter,
): IterableIterator<ChurnRecord> {
  for (const entry of log) if (matchesRecord(entry, filter, guest)) yield entry.record;
};

/** The process of details may have executed another program since they were opened. */
const withNewestComm = (target: RowTarget, system: SystemState): RowTarget => ({
  ...target,
  comm: newestComm(target.key, system) ?? target.comm,
});

/** Returns the process or comm that a key acts on: the selected row, or else the last event shown in the log. */
export const commandTarget = (data: ViewData, view: ViewState): RowTarget | undefined => {
  if (view.mode === 'details') return view.detailsOf && withNewestComm(view.detailsOf, data.system);
  const target = isLogFocused(view) ? undefined : selectedTarget(data, view);
  if (target || (isFleetWide(view) && !isLogFocused(view))) return target;
  const { filter, logBottom } = view;
  const [entry] = logWindow(data.system, { filter, bottom: logBottom, rows: 1 });
  const record = entry?.record;
  if (!record || !isProbeEvent(record)) return undefined;
  const { guest_pid: pid, guest_comm: comm, start_ticks: startTicks } = record;
  return { key: processKey({ pid, startTicks }), comm, pid };
};
