import { truncateNote } from '../domain/events/event.ts';
import type { KnownValues } from '../domain/filter/completion.ts';
import { knownValues } from '../domain/filter/known-values.ts';
import type { Direction } from '../domain/source/replay-control.ts';
import { groupings } from '../domain/stats/groups.ts';
import { commandStyleTexts, nextCommandStyle } from '../domain/views/commands.ts';
import type { Action } from './actions/action.ts';
import { fleetGroupings } from './fleet/comm-list.ts';
import { helpRows } from './keys/help.ts';
import { moveAlert, openAlerts, showCulprit } from './navigation/alert-navigation.ts';
import { leaveGuest } from './navigation/focus.ts';
import { filterBy, nextMatch, openSelected, showNextDetails, toggleMark } from './navigation/marks.ts';
import { press, scrollAt, sortsOf, withOrder } from './navigation/mouse-actions.ts';
import { endSearch, nextSearchMatch, withSearchText } from './navigation/search.ts';
import { move, moveTo, newestEntryNumber, pageRows, scrolledHelpTop } from './navigation/selection.ts';
import type { ViewData } from './navigation/selectors.ts';
import { chooseSort, moveMenu, openSortMenu } from './navigation/sort-menu.ts';
import { nextView, switchView } from './navigation/switch-view.ts';
import { zoomHandlers } from './navigation/zoom.ts';
import { addToHistory, completeInput, erase, recallFilter, withFilter } from './state/filter-input.ts';
import { layoutOf } from './state/layout.ts';
import { isFleetWide, type ViewState, withBaseMode } from './state/state.ts';

/** Returns the state after an action. A pure function: effects do not change the state. */
export const reduce = (before: ViewState, action: Action, data: ViewData): ViewState => {
  // A notice stays until the next key.
  const noticed = before.notice && action.type !== 'resize' ? { ...before, notice: undefined } : before;
  // A key of the views closes the overview.
  const state =
    noticed.mode === 'overview' && !overviewActions.has(action.type) ? closeOverview(noticed) : noticed;
  switch (action.type) {
    case 'togglePause':
      return { ...state, paused: !state.paused };
    case 'openFilter':
      return { ...state, mode: 'filter' };
    case 'typeFilter':
      return withFilter(state, state.filterText + action.text);
    case 'eraseFilter':
      return withFilter(state, erase[action.what](state.filterText));
    case 'keepFilter':
      // An invalid filter cannot be kept. The input line stays open.
      return state.filterError === undefined ? { ...addToHistory(state), mode: 'normal' } : state;
    case 'recallFilter':
      return recallFilter(state, action.direction);
    case 'completeFilter':
      return completeInput(state, { ...knownValues(data.system), ...knownHosts(data.fleet) });
    case 'clearFilter':
      return { ...withFilter(state, ''), mode: 'normal' };
    case 'openSearch':
      return { ...state, mode: 'search', searchText: '', foundEntry: undefined };
    case 'typeSearch':
      return withSearchText(state, state.searchText + action.text, data);
    case 'eraseSearch':
      return withSearchText(state, erase[action.what](state.searchText), data);
    case 'keepSearch':
      return { ...state, mode: 'normal' };
    case 'endSearch':
      return endSearch(state);
    case 'nextSearchMatch':
      return nextSearchMatch(state, action.direction, data);
    case 'openSortMenu':
      return openSortMenu(state);
    case 'moveMenu':
      return moveMenu(state, action.rows);
    case 'chooseSort':
      return chooseSort(state);
    case 'closeMenu':
      return { ...state, mode: 'normal' };
    case 'toggleFullLog':
      return { ...state, fullLog: !state.fullLog };
    case 'openInput':
      return { ...state, mode: action.mode, inputText: '' };
    case 'typeInput':
      return { ...state, inputText: truncateNote(state.inputText + action.text) };
    case 'eraseInput':
      return { ...state, inputText: erase[action.what](state.inputText) };
    case 'closeInput':
      return withBaseMode(state);
    case 'nextSort':
      return withOrder(state, ({ by }) => ({
        by: nextInCycle(sortsOf(state), by),
        reversed: false,
      }));
    case 'reverseSort':
      return withOrder(state, ({ by, reversed }) => ({ by, reversed: !reversed }));
    case 'nextGrouping':
      return withNextGrouping(state, 1);
    case 'nextCommandStyle': {
      const commandStyle = nextCommandStyle(state.commandStyle);
      return { ...state, commandStyle, notice: { text: commandStyleTexts[commandStyle], tone: 'info' } };
    }
    case 'previousGrouping':
      return withNextGrouping(state, -1);
    case 'leaveGuest':
      return leaveGuest(state, data);
    case 'showView':
      return switchView(state, action.view, data);
    case 'nextView':
      return nextView(state, data);
    case 'zoom':
      return zoomHandlers[state.activeView]?.(state, action.direction, data) ?? state;
    case 'filterBy':
      return filterBy(state, action.what, data);
    case 'toggleFollow':
      return {
        ...state,
        logBottom: state.logBottom === undefined ? newestEntryNumber(state, data) : undefined,
      };
    case 'toggleMark':
      return toggleMark(state, data);
    case 'nextMatch':
      return nextMatch(state, action.direction, data);
    case 'nextPane':
      if (state.activeView !== 'live' || state.fullLog) return state;
      return { ...state, pane: state.pane === 'table' ? 'log' : 'table' };
    case 'move':
      return move(state, action.rows, data);
    case 'movePage':
      return move(state, rowsOfPages(action.pages, pageRows(state)), data);
    case 'moveTo':
      return moveTo(state, action.end, data);
    case 'press':
      return press(state, action.at, data);
    case 'wheel':
      return scrollAt(state, action, data);
    case 'openDetails':
      return openSelected(state, data);
    case 'closeDetails':
      return { ...state, mode: 'normal', detailsOf: undefined };
    case 'scrollDetails':
      return scrollDetails(state, action.rows);
    case 'scrollDetailsPage':
      return scrollDetails(state, rowsOfPages(action.pages, bodyRowsOf(state)));
    case 'nextDetails':
      return showNextDetails(state, action.direction, data);
    case 'openAlerts':
      return openAlerts(state);
    case 'closeAlerts':
      return withBaseMode(state);
    case 'openOverview':
      return { ...state, mode: 'overview', overview: true };
    case 'closeOverview':
      return closeOverview(state);
    case 'moveAlert':
      return moveAlert(state, action.rows, data);
    case 'showCulprit':
      return showCulprit(state, data);
    case 'openHelp':
      return { ...state, mode: 'help', helpTop: 0 };
    case 'closeHelp':
      return state.detailsOf ? { ...state, mode: 'details' } : withBaseMode(state);
    case 'scrollHelp':
      return { ...state, helpTop: scrolledHelpTop(state, action.rows) };
    case 'scrollHelpPage':
      return {
        ...state,
        helpTop: scrolledHelpTop(state, rowsOfPages(action.pages, helpRows(state.size.rows))),
      };
    case 'notify':
      return { ...state, notice: { text: action.text, tone: action.tone } };
    case 'resize':
      return { ...state, size: action.size, layout: layoutOf(action.size, state) };
    case 'dump':
    case 'record':
    case 'redraw':
    case 'copy':
    case 'suspend':
    case 'quit':
    case 'replay':
    case 'replayGuest':
    case 'findEvent':
    case 'jump':
    case 'playFromHere':
    case 'note':
      return state;
    default:
      return action satisfies never;
  }
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

const bodyRowsOf = ({ layout }: ViewState): number => (layout.kind === 'tooSmall' ? 1 : layout.bodyRows);
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
