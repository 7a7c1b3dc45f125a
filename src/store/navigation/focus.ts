import { quote } from '../../domain/filter/ast.ts';
import { withFilter } from '../state/filter-input.ts';
import { isFleetWide, listIdOf, type ViewState } from '../state/state.ts';
import type { RowTarget } from '../views/row-list.ts';
import { moveSelection, selectInMiddle } from './selection.ts';
import { isLogFocused, logWindow, rowListOf, selectedTarget, type ViewData } from './selectors.ts';

/** The part of the state that is about one guest. A paused view resumes, because it would still show the guest before. */
const newGuest = {
  paused: false,
  selection: undefined,
  lastSelected: undefined,
  detailsOf: undefined,
  logBottom: undefined,
  foundEntry: undefined,
} as const satisfies Partial<ViewState>;

/** Shows one guest: from the hosts view in the view that was active before, otherwise in the same view. */
const focusGuest = (state: ViewState, id: string): ViewState => ({
  ...state,
  ...newGuest,
  mode: 'normal',
  focusedGuest: id,
  fullLog: false,
  activeView: state.activeView === 'hosts' ? state.guestView : state.activeView,
});

/** Shows the hosts view with a guest selected. */
export const showHosts = (state: ViewState, data: ViewData, guest = state.focusedGuest): ViewState => {
  const view: ViewState = {
    ...state,
    selection: undefined,
    mode: 'normal',
    detailsOf: undefined,
    fullLog: false,
    activeView: 'hosts',
    guestView: state.activeView === 'hosts' ? state.guestView : state.activeView,
  };
  const list = rowListOf(data, view);
  const index = guest === undefined ? -1 : list.indexOfKey(guest);
  return index < 0 ? view : selectInMiddle(view, list, index);
};

/** Clears the filter or, without one, shows all guests again. */
export const leaveGuest = (state: ViewState, data: ViewData): ViewState => {
  if (state.filterText !== '') return { ...withFilter(state, ''), mode: 'normal' };
  return showHosts({ ...state, ...newGuest, focusedGuest: undefined }, data, state.focusedGuest);
};

/** Returns whether Enter leads to a guest, and not to details: in the hosts view, and while all guests are on screen. */
export const opensGuest = (state: ViewState): boolean => isFleetWide(state) || state.activeView === 'hosts';

/**
 * Shows the guest of the selected row, or of the first one. A comm of several guests leads to the hosts that have it.
 * From a view of one guest and from the log, leads to the hosts view.
 */
export const openGuest = (state: ViewState, data: ViewData): ViewState => {
  if (isLogFocused(state)) return showHosts(state, data, lastLoggedHost(state, data));
  if (listIdOf(state) === 'noGuest') return showHosts(state, data);
  const selected = state.selection ? state : moveSelection(state, 1, data);
  const target = selectedTarget(data, selected);
  return target
    ? openTarget(selected, target, data)
    : { ...state, notice: { text: 'no guest to show', tone: 'info' } };
};

const openTarget = (state: ViewState, { guest, comm }: RowTarget, data: ViewData): ViewState => {
  if (guest !== undefined) return focusGuest(state, guest);
  return comm === undefined ? state : showHosts(withFilter(state, `comm=${quote(comm)}`), data);
};

/** Returns the host of the last entry on screen. */
const lastLoggedHost = ({ filter, logBottom }: ViewState, { system }: ViewData): string | undefined =>
  logWindow(system, { filter, bottom: logBottom, rows: 1 })[0]?.from?.host;

/** Shows the guest of an alert. The alert list stays, with the alerts of this guest. */
export const showGuestOfAlert = (state: ViewState, host: string): ViewState => ({
  ...focusGuest(state, host),
  mode: 'alerts',
  alertSelection: undefined,
});
