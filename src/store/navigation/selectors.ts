import { type ChurnRecord, isProbeEvent } from '../../domain/events/event.ts';
import { keyOf } from '../../domain/events/process-id.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import { passes } from '../../domain/filter/stream-filter.ts';
import { RowSubject } from '../../domain/filter/subject.ts';
import type { Guest } from '../../domain/processes/guest.ts';
import type { LiveProcess } from '../../domain/processes/process-table.ts';
import type { LogEntry, World } from '../../domain/processes/system-state.ts';
import type { Order, ViewId } from '../actions/view-id.ts';
import type { ViewState } from '../state/state.ts';
import type { ChurnScene } from '../views/churn-data.ts';
import { churnList, churnTallies } from '../views/churn-list.ts';
import { comparing } from '../views/process-columns.ts';
import { type List, type Subject, windowOf } from '../views/row-list.ts';
import { type LivesOnShow, livesList, livesOnShow } from '../views/timeline-list.ts';
import { type TreeOnShow, treeList, treeOnShow } from '../views/tree-list.ts';
/** The living and the just ended that the filter lets through, in the order of the table. */
export const tableRows = (
  world: World,
  { filter, orders }: { filter: Accepts; orders: { live: Order } },
): LiveProcess[] => {
  const { ancestry, guest, nowNs, table } = world;
  const all = [...table.live(), ...table.ended()];
  const rows =
    filter.facts.length === 0
      ? all
      : all.filter((process) => filter.matches(new RowSubject(process, ancestry, guest, nowNs)));
  return rows.sort(comparing(orders.live));
};

/** Processes as a list to choose from. */
export const processList = (rows: readonly LiveProcess[]): List => ({
  length: rows.length,
  find: (key) => {
    const pid = Number.parseInt(key, 10);
    return rows.findIndex((process) => process.pid === pid && keyOf(process) === key);
  },
  findComm: (wanted) => rows.findIndex(({ comm }) => comm === wanted),
  subject: (index) => {
    const { pid, comm, startTicks } = rows[index] as LiveProcess;
    return { key: keyOf({ pid, startTicks }), comm, pid };
  },
});

const lists: Readonly<Record<ViewId, (scene: Scene, view: ViewState) => List>> = {
  live: ({ world }, view) => processList(tableRows(world, view)),
  churn: ({ churn }, { filter, by, orders }) =>
    churnList(churnTallies(churn, { filter, by, order: orders.churn }), by),
  tree: ({ world }, view) => treeList(treeShown(world, view)),
  timeline: ({ world }, view) => livesList(livesShown(world, view)),
};

/** The tree as the view looks at it. */
export const treeShown = (
  world: World,
  { filter, folds, orders }: Pick<ViewState, 'filter' | 'folds' | 'orders'>,
): TreeOnShow => treeOnShow(world, { filter, folds, order: orders.tree });

/** The timeline as the view looks at it. */
export const livesShown = (
  world: World,
  { filter, zoom, orders }: Pick<ViewState, 'filter' | 'zoom' | 'orders'>,
): LivesOnShow => livesOnShow(world, { filter, zoom, order: orders.timeline });

/** Whether keys move in the log; only the live view has one. */
export const isInLog = ({ shown, pane }: Pick<ViewState, 'shown' | 'pane'>): boolean =>
  shown === 'live' && pane === 'log';

/** The rows of the view that is shown. */
export const listOf = (scene: Scene, view: ViewState): List => lists[view.shown](scene, view);

/** What the chosen row stands for. */
export const chosenSubject = (scene: Scene, view: ViewState): Subject | undefined => {
  if (!view.choice) return undefined;
  const list = listOf(scene, view);
  const { chosen } = windowOf(list, view.choice, 1);
  return chosen === undefined ? undefined : list.subject(chosen);
};

/** Whether the log shows a line for it. */
export const isLine = ({ record, kin, folded }: LogEntry, filter: Accepts, guest: Guest): boolean =>
  !folded && passes(record, kin, filter, guest);

/** Numbers, counted from the first entry ever, of the log entries held that pass. */
export const matchingEntries = ({ log, guest }: World, filter: Accepts): number[] => {
  const numbers: number[] = [];
  let number = log.dropped;
  for (const entry of log) {
    if (isLine(entry, filter, guest)) numbers.push(number);
    number++;
  }
  return numbers;
};

/**
 * Up to `rows` passing entries, the last one at or before number `bottom` (undefined: the newest). Oldest first. Where
 * fewer stand above it (they fell off meanwhile, or the filter changed) later ones fill the window.
 */
export const logWindow = (
  { log, guest }: World,
  filter: Accepts,
  bottom: number | undefined,
  rows: number,
): LogEntry[] => {
  const newest = log.length - 1;
  const last = bottom === undefined ? newest : Math.min(newest, Math.max(-1, bottom - log.dropped));
  const window: LogEntry[] = [];
  for (let index = last; index >= 0 && window.length < rows; index--) {
    const entry = log.at(index) as LogEntry;
    if (isLine(entry, filter, guest)) window.push(entry);
  }
  window.reverse();
  for (let index = last + 1; index <= newest && window.length < rows; index++) {
    const entry = log.at(index) as LogEntry;
    if (isLine(entry, filter, guest)) window.push(entry);
  }
  return window;
};

/** What a dump writes: the passing records held, oldest first. */
export const passingRecords = function* (
  { log, guest }: World,
  filter: Accepts,
): IterableIterator<ChurnRecord> {
  for (const { record, kin } of log) if (passes(record, kin, filter, guest)) yield record;
};

/** Whom `this comm` and `this PID` mean: the chosen row, else the last event shown in the log. */
export const subjectOf = (scene: Scene, view: ViewState): Subject | undefined => {
  if (view.mode === 'details') return view.detailed;
  const chosen = isInLog(view) ? undefined : chosenSubject(scene, view);
  if (chosen) return chosen;
  const record = logWindow(scene.world, view.filter, view.logBottom, 1)[0]?.record;
  if (!record || !isProbeEvent(record)) return undefined;
  const { guest_pid: pid, guest_comm: comm, start_ticks: startTicks } = record;
  return { key: keyOf({ pid, startTicks }), comm, pid };
};

/** What is looked at: the world on screen and the statistics of it. */
export type Scene = { world: World; churn: ChurnScene };
