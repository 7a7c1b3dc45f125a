import { truncateNote } from '../domain/events/event.ts';
import { knownValues } from '../domain/filter/known-values.ts';
import { groupings } from '../domain/stats/groups.ts';
import { commandStyleTexts, nextCommandStyle } from '../domain/views/commands.ts';
import type { Action } from './actions/action.ts';
import { type ViewId, viewIds } from './actions/view-id.ts';
import { helpRows } from './keys/help.ts';
import { moveAlert, openAlerts, showCulprit } from './navigation/alert-navigation.ts';
import { filterBy, nextMatch, openSelected, showNextDetails, toggleMark } from './navigation/marks.ts';
import { press, scrollAt, withOrder } from './navigation/mouse-actions.ts';
import { endSearch, nextSearchMatch, withSearchText } from './navigation/search.ts';
import {
  move,
  moveTo,
  newestEntryNumber,
  pageRows,
  scrolledHelpTop,
  selectRow,
} from './navigation/selection.ts';
import { rowListOf, selectedTarget, type ViewData } from './navigation/selectors.ts';
import { chooseSort, moveMenu, openSortMenu } from './navigation/sort-menu.ts';
import { zoomHandlers } from './navigation/zoom.ts';
import { addToHistory, completeInput, erase, recallFilter, withFilter } from './state/filter-input.ts';
import { layoutOf } from './state/layout.ts';
import { type ViewState, withBaseMode } from './state/state.ts';
import { viewInfo } from './views/views.ts';

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
      return completeInput(state, knownValues(data.system));
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
        by: nextInCycle(viewInfo(state.activeView).sorts, by),
        reversed: false,
      }));
    case 'reverseSort':
      return withOrder(state, ({ by, reversed }) => ({ by, reversed: !reversed }));
    case 'nextGrouping':
      if (state.activeView !== 'churn') return state;
      return { ...state, groupBy: nextInCycle(groupings, state.groupBy), selection: undefined };
    case 'nextCommandStyle': {
      const commandStyle = nextCommandStyle(state.commandStyle);
      return { ...state, commandStyle, notice: { text: commandStyleTexts[commandStyle], tone: 'info' } };
    }
    case 'previousGrouping':
      if (state.activeView !== 'churn') return state;
      return { ...state, groupBy: nextInCycle(groupings.toReversed(), state.groupBy), selection: undefined };
    case 'showView':
      return switchView(state, action.view, data);
    case 'nextView':
      return switchView(state, nextInCycle(viewIds, state.activeView), data);
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

/** Shows another view, and selects the same process there or else the first row of the same comm. */
const switchView = (before: ViewState, activeView: ViewId, data: ViewData): ViewState => {
  const target = before.detailsOf ?? selectedTarget(data, before);
  const state: ViewState = { ...before, mode: 'normal', detailsOf: undefined, fullLog: false };
  // A row for a comm does not replace the process of that comm that was selected before.
  const isNewTarget =
    target?.pid !== undefined || (target?.comm !== undefined && target.comm !== state.lastSelected?.comm);
  const lastSelected = isNewTarget ? target : state.lastSelected;
  const next: ViewState = {
    ...state,
    activeView,
    lastSelected,
    selection: undefined,
    mode: 'normal',
    detailsOf: undefined,
  };
  if (!lastSelected) return next;
  const list = rowListOf(data, next);
  const sameKey = list.indexOfKey(lastSelected.key);
  const index =
    sameKey >= 0 || lastSelected.comm === undefined ? sameKey : list.indexOfComm(lastSelected.comm);
  const top = Math.max(0, index - Math.floor(pageRows(next) / 2));
  return index < 0 ? next : selectRow(next, list, { index, top });
};
