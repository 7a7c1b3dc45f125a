import { alertKeyOf, type Culprit, culpritOf, listAlerts } from '../../domain/alerts/alert-list.ts';
import { nameText } from '../../domain/commands/command-text.ts';
import type { AlertRecord } from '../../domain/events/event.ts';
import { processKey } from '../../domain/events/process-id.ts';
import type { ActiveAlerts } from '../../domain/processes/active-alerts.ts';
import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import type { GuestAlert } from '../fleet/fleet-model.ts';
import { bodyRowsOf } from '../state/layout.ts';
import { isFleetWide, type ViewState } from '../state/state.ts';
import { type RowList, visibleWindow } from '../views/row-list.ts';
import { showGuestOfAlert } from './focus.ts';
import { selectInMiddle } from './selection.ts';
import { rowListOf, type ViewData } from './selectors.ts';

/** Returns rows with these keys. */
const keyRowList = (keys: readonly string[]): RowList => ({
  length: keys.length,
  indexOfKey: (key) => keys.indexOf(key),
  indexOfComm: () => -1,
  targetAt: (index) => ({ key: keys[index] as string, comm: undefined, pid: undefined }),
});

type AlertWindowOptions = { alertSelection: ViewState['alertSelection']; rows: number };

/** The alerts of a list, its first row on screen and its selected row. Without a selection, that is the first alert. */
export type AlertWindow<A> = { alerts: readonly A[]; top: number; selected: number };

const windowOf = <A>(
  alerts: readonly A[],
  { alertSelection, rows, keyOf }: AlertWindowOptions & { keyOf: (alert: A) => string },
): AlertWindow<A> => {
  const { top, selected = 0 } = visibleWindow(keyRowList(alerts.map(keyOf)), alertSelection, rows);
  return { alerts, top, selected };
};

/** Returns the alerts of one guest. */
export const alertWindow = (active: ActiveAlerts, options: AlertWindowOptions): AlertWindow<AlertRecord> =>
  windowOf(listAlerts(active), { ...options, keyOf: alertKeyOf });

/** Returns the alerts of all guests. */
export const guestAlertWindow = (
  alerts: readonly GuestAlert[],
  options: AlertWindowOptions,
): AlertWindow<GuestAlert> => windowOf(alerts, { ...options, keyOf: ({ key }) => key });

export const openAlerts = (state: ViewState): ViewState => ({
  ...state,
  mode: 'alerts',
  detailsOf: undefined,
  alertSelection: undefined,
});

/** Moves the selection of the alert list by `rows`. */
export const moveAlert = (state: ViewState, rows: number, { system, fleet }: ViewData): ViewState => {
  const options = { alertSelection: state.alertSelection, rows: bodyRowsOf(state.layout) };
  const { alerts, top, selected } = isFleetWide(state)
    ? guestAlertWindow(fleet?.alerts ?? [], options)
    : alertWindow(system.activeAlerts, options);
  if (alerts.length === 0) return state;
  const index = Math.max(0, Math.min(alerts.length - 1, selected + rows));
  const screenRow = Math.max(0, Math.min(bodyRowsOf(state.layout) - 1, index - top));
  const alert = alerts[index] as AlertRecord | GuestAlert;
  const key = 'host' in alert ? alert.key : alertKeyOf(alert);
  return { ...state, alertSelection: { key, index, screenRow } };
};

/**
 * Shows what the selected alert is about: the process in the live view or, if it has exited, its group in the churn view.
 * While all guests are on screen: the guest.
 */
export const showCulprit = (state: ViewState, data: ViewData): ViewState => {
  const options = { alertSelection: state.alertSelection, rows: bodyRowsOf(state.layout) };
  if (isFleetWide(state)) {
    const { alerts, selected } = guestAlertWindow(data.fleet?.alerts ?? [], options);
    const host = alerts[selected]?.host;
    return host === undefined ? state : showGuestOfAlert(state, host);
  }
  const { alerts, selected } = alertWindow(data.system.activeAlerts, options);
  const alert = alerts[selected];
  if (!alert) return state;
  const closed: ViewState = { ...state, mode: 'normal', overview: false, selection: undefined };
  const culprit = culpritOf(alert);
  const { parent } = culprit;
  const process = parent && data.system.table.get(parent.pid);
  if (process && process.comm === parent.comm) return showProcess(closed, process, data);
  return showGroup(closed, culprit, data);
};

/** Selects a process in the live view. If a filter hides it, shows its details. */
const showProcess = (
  state: ViewState,
  { pid, comm, startTicks }: ProcessEntry,
  data: ViewData,
): ViewState => {
  const view: ViewState = { ...state, activeView: 'live', pane: 'table' };
  const key = processKey({ pid, startTicks });
  const list = rowListOf(data, view);
  const index = list.indexOfKey(key);
  if (index < 0) return { ...view, mode: 'details', detailsOf: { key, comm, pid } };
  return selectInMiddle(view, list, index);
};

/** Selects a group in the churn view. */
const showGroup = (state: ViewState, culprit: Culprit, data: ViewData): ViewState => {
  const { parent, comm, uid } = culprit;
  const groupBy: Grouping = comm !== undefined || !parent ? 'comm' : 'parent';
  const view: ViewState = { ...state, activeView: 'churn', groupBy: uid === undefined ? groupBy : 'user' };
  const list = rowListOf(data, view);
  const index =
    uid !== undefined
      ? list.indexOfKey(`user:${uid}`)
      : comm !== undefined
        ? list.indexOfComm(comm)
        : indexOfPid(list, parent?.pid);
  if (index >= 0) return selectInMiddle(view, list, index);
  const name =
    (comm && nameText(comm)) ??
    (parent && `${nameText(parent.comm)} ${parent.pid}`) ??
    (uid && `user ${uid}`);
  if (name === undefined) return view;
  return { ...view, notice: { text: `no group for ${name} in this list`, tone: 'error' } };
};

const indexOfPid = (list: RowList, pid: number | undefined): number => {
  for (let index = 0; index < list.length; index++) if (list.targetAt(index).pid === pid) return index;
  return -1;
};
