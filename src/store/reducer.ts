import { truncateNote } from '../domain/events/event.ts';
import type { KnownValues } from '../domain/filter/completion.ts';
import { knownValues } from '../domain/filter/known-values.ts';
import type { Direction } from '../domain/source/replay-control.ts';
import { groupings } from '../domain/stats/groups.ts';
import { commandStyleTexts, nextCommandStyle } from '../domain/views/commands.ts';
import { type Action, type Effect, isEffect } from './actions/action.ts';
import { fleetGroupings } from './fleet/comm-list.ts';
import { helpRows } from './keys/help.ts';
import { moveAlert, openAlerts, showCulprit } from './navigation/alert-navigation.ts';
import { openSelected, showNextDetails } from './navigation/details-navigation.ts';
import { leaveGuest } from './navigation/focus.ts';
import { sortsOf, withOrder } from './navigation/list-columns.ts';
import { nextMatch, toggleMark } from './navigation/marks.ts';
import { press, scrollAt } from './navigation/mouse-actions.ts';
import { filterBy } from './navigation/row-filter.ts';
import { endSearch, nextSearchMatch, withSearchText } from './navigation/search.ts';
import { move, moveTo, newestEntryNumber, pageRows, scrolledHelpTop } from './navigation/selection.ts';
import type { ViewData } from './navigation/selectors.ts';
import { chooseSort, moveMenu, openSortMenu } from './navigation/sort-menu.ts';
import { nextView, switchView } from './navigation/switch-view.ts';
import { zoomHandlers } from './navigation/zoom.ts';
import { addToHistory, completeInput, erase, recallFilter, withFilter } from './state/filter-input.ts';
import { bodyRowsOf, layoutOf } from './state/layout.ts';
import { isFleetWide, type ViewState, withBaseMode } from './state/state.ts';

/** Returns the state after an action. A pure function: effects do not change the state. */
export const reduce = (before: ViewState, action: Action, data: ViewData): ViewState => {
  // A notice stays until the next key.
  const noticed = before.notice && action.type !== 'resize' ? { ...before, notice: undefined } : before;
  // A key of the views closes the overview.
  const state =
    noticed.mode === 'overview' && !overviewActions.has(action.type) ? closeOverview(noticed) : noticed;
  if (isEffect(action)) return state;
  const handle: Handler<never> = handlers[action.type];
  return handle(state, action as never, data);
};

type StateAction = Exclude<Action, Effect>;
type Handler<A> = (state: ViewState, action: A, data: ViewData) => ViewState;

/** Returns the state after each action. */
const handlers: { readonly [T in StateAction['type']]: Handler<StateAction & { type: T }> } = {
  togglePause: (state) => ({ ...state, paused: !state.paused }),
  resize: (state, { size }) => ({ ...state, size, layout: layoutOf(size, state) }),
  notify: (state, { text, tone }) => ({ ...state, notice: { text, tone } }),

  openFilter: (state) => ({ ...state, mode: 'filter' }),
  typeFilter: (state, { text }) => withFilter(state, state.filterText + text),
  eraseFilter: (state, { what }) => withFilter(state, erase[what](state.filterText)),
  // An invalid filter cannot be kept. The input line stays open.
  keepFilter: (state) =>
    state.filterError === undefined ? { ...addToHistory(state), mode: 'normal' } : state,
  recallFilter: (state, { direction }) => recallFilter(state, direction),
  completeFilter: (state, _action, { system, fleet }) =>
    completeInput(state, { ...knownValues(system), ...knownHosts(fleet) }),
  clearFilter: (state) => ({ ...withFilter(state, ''), mode: 'normal' }),
  filterBy: (state, { what }, data) => filterBy(state, what, data),

  openSearch: (state) => ({ ...state, mode: 'search', searchText: '', foundEntry: undefined }),
  typeSearch: (state, { text }, data) => withSearchText(state, state.searchText + text, data),
  eraseSearch: (state, { what }, data) => withSearchText(state, erase[what](state.searchText), data),
  keepSearch: (state) => ({ ...state, mode: 'normal' }),
  endSearch,
  nextSearchMatch: (state, { direction }, data) => nextSearchMatch(state, direction, data),

  openInput: (state, { mode }) => ({ ...state, mode, inputText: '' }),
  typeInput: (state, { text }) => ({ ...state, inputText: truncateNote(state.inputText + text) }),
  eraseInput: (state, { what }) => ({ ...state, inputText: erase[what](state.inputText) }),
  closeInput: withBaseMode,

  openSortMenu,
  moveMenu: (state, { rows }) => moveMenu(state, rows),
  chooseSort,
  closeMenu: (state) => ({ ...state, mode: 'normal' }),
  nextSort: (state) =>
    withOrder(state, ({ by }) => ({ by: nextInCycle(sortsOf(state), by), reversed: false })),
  reverseSort: (state) => withOrder(state, ({ by, reversed }) => ({ by, reversed: !reversed })),
  nextGrouping: (state) => withNextGrouping(state, 1),
  previousGrouping: (state) => withNextGrouping(state, -1),
  nextCommandStyle: (state) => {
    const commandStyle = nextCommandStyle(state.commandStyle);
    return { ...state, commandStyle, notice: { text: commandStyleTexts[commandStyle], tone: 'info' } };
  },

  showView: (state, { view }, data) => switchView(state, view, data),
  nextView: (state, _action, data) => nextView(state, data),
  leaveGuest: (state, _action, data) => leaveGuest(state, data),
  nextPane: (state) =>
    state.activeView !== 'live' || state.fullLog
      ? state
      : { ...state, pane: state.pane === 'table' ? 'log' : 'table' },
  toggleFullLog: (state) => ({ ...state, fullLog: !state.fullLog }),
  toggleFollow: (state, _action, data) => ({
    ...state,
    logBottom: state.logBottom === undefined ? newestEntryNumber(state, data) : undefined,
  }),
  zoom: (state, { direction }, data) => zoomHandlers[state.activeView]?.(state, direction, data) ?? state,

  move: (state, { rows }, data) => move(state, rows, data),
  movePage: (state, { pages }, data) => move(state, rowsOfPages(pages, pageRows(state)), data),
  moveTo: (state, { end }, data) => moveTo(state, end, data),
  press: (state, { at }, data) => press(state, at, data),
  wheel: scrollAt,
  toggleMark: (state, _action, data) => toggleMark(state, data),
  nextMatch: (state, { direction }, data) => nextMatch(state, direction, data),

  openDetails: (state, _action, data) => openSelected(state, data),
  closeDetails: (state) => ({ ...state, mode: 'normal', detailsOf: undefined }),
  nextDetails: (state, { direction }, data) => showNextDetails(state, direction, data),
  scrollDetails: (state, { rows }) => scrollDetails(state, rows),
  scrollDetailsPage: (state, { pages }) => scrollDetails(state, rowsOfPages(pages, bodyRowsOf(state.layout))),

  openAlerts,
  closeAlerts: withBaseMode,
  moveAlert: (state, { rows }, data) => moveAlert(state, rows, data),
  showCulprit: (state, _action, data) => showCulprit(state, data),

  openOverview: (state) => ({ ...state, mode: 'overview', overview: true }),
  closeOverview: (state) => closeOverview(state),

  openHelp: (state) => ({ ...state, mode: 'help', helpTop: 0 }),
  closeHelp: (state) => (state.detailsOf ? { ...state, mode: 'details' } : withBaseMode(state)),
  scrollHelp: (state, { rows }) => scrollHelp(state, rows),
  scrollHelpPage: (state, { pages }) => scrollHelp(state, rowsOfPages(pages, helpRows(state.size.rows))),
};

/** Returns the rows to move by a number of pages, or by half a page. A page keeps one row on the screen. */
const rowsOfPages = (pages: number, pageRows: number): number =>
  Math.sign(pages) * Math.max(1, Math.floor(Math.abs(pages) * (pageRows - 1)));

/** More lines than the details have. The view corrects a position beyond their end, because it knows their length. */
const maxDetailsTop = 1_000_000;

const scrollDetails = (state: ViewState, rows: number): ViewState => ({
  ...state,
  detailsTop: Math.max(0, Math.min(maxDetailsTop, state.detailsTop + rows)),
});

const scrollHelp = (state: ViewState, rows: number): ViewState => ({
  ...state,
  helpTop: scrolledHelpTop(state, rows),
});

/** The actions that keep the overview open. */
const overviewActions: ReadonlySet<Action['type']> = new Set<Action['type']>([
  'openOverview',
  'openAlerts',
  'openHelp',
  'openInput',
  'notify',
  'press',
  'resize',
  'wheel',
]);

const closeOverview = (state: ViewState): ViewState => ({ ...state, mode: 'normal', overview: false });

const nextInCycle = <T>(cycle: readonly T[], value: T): T =>
  cycle[(cycle.indexOf(value) + 1) % cycle.length] ?? value;

/** Returns the names of the guests, for completion. */
const knownHosts = (fleet: ViewData['fleet']): KnownValues =>
  fleet ? { host: fleet.guests.map(({ id }) => id) } : {};

/** Groups the churn view by the next or previous grouping of the list on screen. */
const withNextGrouping = (state: ViewState, direction: Direction): ViewState => {
  if (state.activeView !== 'churn') return state;
  const cycle = <T>(values: readonly T[]) => (direction > 0 ? values : values.toReversed());
  return isFleetWide(state)
    ? { ...state, fleetGroupBy: nextInCycle(cycle(fleetGroupings), state.fleetGroupBy), selection: undefined }
    : { ...state, groupBy: nextInCycle(cycle(groupings), state.groupBy), selection: undefined };
};
