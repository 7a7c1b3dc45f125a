import { type ChurnRecord, isProbeEvent } from '../../domain/events/event.ts';
import { processKey } from '../../domain/events/process-id.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { matchesRecord } from '../../domain/filter/stream-filter.ts';
import { ProcessSubject } from '../../domain/filter/subject.ts';
import type { Guest } from '../../domain/processes/guest.ts';
import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import type { Order, ViewId } from '../actions/view-id.ts';
import type { ViewState } from '../state/state.ts';
import type { ChurnData } from '../views/churn-data.ts';
import { churnGroups, churnList } from '../views/churn-list.ts';
import { compareProcesses } from '../views/process-columns.ts';
import { type RowList, type RowTarget, visibleWindow } from '../views/row-list.ts';
import { buildTimelineRows, type TimelineRows, timelineList } from '../views/timeline-list.ts';
import { buildTreeRows, type TreeRows, treeList } from '../views/tree-list.ts';
/** The living and the just ended that the filter lets through, in the order of the table. */
export const processRows = (
  world: SystemState,
  { filter, orders }: { filter: CompiledFilter; orders: { live: Order } },
): ProcessEntry[] => {
  const { ancestry, guest, nowNs, table } = world;
  const processes = [...table.live(), ...table.recentlyExited()];
  const rows =
    filter.fieldNames.length === 0
      ? processes
      : processes.filter((process) => filter.matches(new ProcessSubject(process, ancestry, guest, nowNs)));
  return rows.sort(compareProcesses(orders.live));
};

/** Processes as a list to choose from. */
export const processList = (rows: readonly ProcessEntry[]): RowList => ({
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
});

const rowLists: Readonly<Record<ViewId, (scene: ViewData, view: ViewState) => RowList>> = {
  live: ({ system }, view) => processList(processRows(system, view)),
  churn: ({ churn }, { filter, groupBy, orders }) =>
    churnList(churnGroups(churn, { filter, groupBy, order: orders.churn }), groupBy),
  tree: ({ system }, view) => treeList(treeRowsOf(system, view)),
  timeline: ({ system }, view) => timelineList(timelineRowsOf(system, view)),
};

/** The tree as the view looks at it. */
export const treeRowsOf = (
  world: SystemState,
  { filter, collapsed, orders }: Pick<ViewState, 'filter' | 'collapsed' | 'orders'>,
): TreeRows => buildTreeRows(world, { filter, collapsed, order: orders.tree });

/** The timeline as the view looks at it. */
export const timelineRowsOf = (
  world: SystemState,
  { filter, zoom, orders }: Pick<ViewState, 'filter' | 'zoom' | 'orders'>,
): TimelineRows => buildTimelineRows(world, { filter, zoom, order: orders.timeline });

/** Whether keys move in the log; only the live view has one. */
export const isLogFocused = ({ activeView, pane }: Pick<ViewState, 'activeView' | 'pane'>): boolean =>
  activeView === 'live' && pane === 'log';

/** The rows of the view that is shown. */
export const rowListOf = (scene: ViewData, view: ViewState): RowList =>
  rowLists[view.activeView](scene, view);

/** What the chosen row stands for. */
export const selectedTarget = (scene: ViewData, view: ViewState): RowTarget | undefined => {
  if (!view.selection) return undefined;
  const list = rowListOf(scene, view);
  const { selected } = visibleWindow(list, view.selection, 1);
  return selected === undefined ? undefined : list.targetAt(selected);
};

/** Whether the log shows a line for it. */
export const isShownInLog = (
  { record, origin, mergedIntoSpawn }: LogEntry,
  filter: CompiledFilter,
  guest: Guest,
): boolean => !mergedIntoSpawn && matchesRecord(record, origin, filter, guest);

/** Numbers, counted from the first entry ever, of the log entries held that pass. */
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
 * Up to `rows` passing entries, the last one at or before number `bottom` (undefined: the newest). Oldest first. Where
 * fewer stand above it (they fell off meanwhile, or the filter changed) later ones fill the window.
 */
export const logWindow = (
  { log, guest }: SystemState,
  filter: CompiledFilter,
  bottom: number | undefined,
  rows: number,
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

/** What a dump writes: the passing records held, oldest first. */
export const matchingRecords = function* (
  { log, guest }: SystemState,
  filter: CompiledFilter,
): IterableIterator<ChurnRecord> {
  for (const { record, origin } of log) if (matchesRecord(record, origin, filter, guest)) yield record;
};

/** Whom `this comm` and `this PID` mean: the chosen row, else the last event shown in the log. */
export const commandTarget = (scene: ViewData, view: ViewState): RowTarget | undefined => {
  if (view.mode === 'details') return view.detailsOf;
  const chosen = isLogFocused(view) ? undefined : selectedTarget(scene, view);
  if (chosen) return chosen;
  const record = logWindow(scene.system, view.filter, view.logBottom, 1)[0]?.record;
  if (!record || !isProbeEvent(record)) return undefined;
  const { guest_pid: pid, guest_comm: comm, start_ticks: startTicks } = record;
  return { key: processKey({ pid, startTicks }), comm, pid };
};

/** What is looked at: the world on screen and the statistics of it. */
export type ViewData = { system: SystemState; churn: ChurnData };
