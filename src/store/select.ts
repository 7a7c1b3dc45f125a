import { type ChurnRecord, isProbeEvent } from '../domain/event.ts';
import type { Accepts } from '../domain/filter/filter.ts';
import { passes } from '../domain/filter/judge.ts';
import type { Guest } from '../domain/filter/subject.ts';
import { RowSubject } from '../domain/filter/subjects.ts';
import { keyOf } from '../domain/identity.ts';
import type { LiveProcess } from '../domain/live-table.ts';
import type { LogEntry, World } from '../domain/world.ts';
import { comparing, type SortId } from './columns.ts';
import type { Choice, ViewState } from './state.ts';

/** The living and the just ended that the filter lets through, in the order of the table. */
export const tableRows = (
  world: World,
  { filter, sort }: { filter: Accepts; sort: SortId },
): LiveProcess[] => {
  const { ancestry, guest, nowNs } = world;
  const rows: LiveProcess[] = [];
  const judge = (process: LiveProcess) => {
    if (filter.matches(new RowSubject(process, ancestry, guest, nowNs))) rows.push(process);
  };
  for (const process of world.table.live()) judge(process);
  for (const process of world.table.ended()) judge(process);
  return rows.sort(comparing(sort));
};

/** Which part of a list is on screen: the chosen row keeps its place on the screen while others come and go. */
export const tableWindow = (
  list: readonly LiveProcess[],
  choice: Choice | undefined,
  page: number,
): { top: number; chosen: number | undefined } => {
  if (!choice || list.length === 0) return { top: 0, chosen: undefined };
  const found = list.findIndex((process) => keyOf(process) === choice.key);
  // It is gone: whoever stands in its place now is chosen.
  const chosen = found >= 0 ? found : Math.min(choice.index, list.length - 1);
  const screenRow = Math.min(choice.screenRow, page - 1);
  return { top: Math.max(0, Math.min(chosen - screenRow, list.length - page)), chosen };
};

/** Whether the log shows a line for it. */
const isLine = ({ record, kin, folded }: LogEntry, filter: Accepts, guest: Guest): boolean =>
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
export const subject = (
  world: World,
  view: Pick<ViewState, 'filter' | 'sort' | 'choice' | 'pane' | 'logBottom'>,
): { pid: number; comm: string } | undefined => {
  if (view.pane === 'table' && view.choice) {
    const list = tableRows(world, view);
    const chosen = list[tableWindow(list, view.choice, 1).chosen ?? -1];
    if (chosen) return chosen;
  }
  const record = logWindow(world, view.filter, view.logBottom, 1)[0]?.record;
  return record && isProbeEvent(record) ? { pid: record.guest_pid, comm: record.guest_comm } : undefined;
};
