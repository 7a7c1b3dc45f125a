import { truncateNote } from '../domain/events/event.ts';
import { groupings } from '../domain/stats/groups.ts';
import type { Action } from './actions/action.ts';
import { type ViewId, viewIds } from './actions/view-id.ts';
import { filterBy, nextMatch, openDetails, showNextDetails, toggleMark } from './navigation/marks.ts';
import { press, scrollAt, withOrder } from './navigation/mouse.ts';
import {
  move,
  moveTo,
  newestEntryNumber,
  pageRows,
  scrolledHelpTop,
  selectRow,
} from './navigation/selection.ts';
import { commandTarget, rowListOf, selectedTarget, type ViewData } from './navigation/selectors.ts';
import { zoomHandlers } from './navigation/zoom.ts';
import { addToHistory, completeInput, erase, recallFilter, withFilter } from './state/filter-input.ts';
import { layoutOf } from './state/layout.ts';
import type { ViewState } from './state/state.ts';
import { viewInfo } from './views/views.ts';
/** The state after `action`, seen against what is on screen. Pure; effects leave it as it is. */
export const reduce = (before: ViewState, action: Action, scene: ViewData): ViewState => {
  // A message stands until the next key.
  const state = before.notice && action.type !== 'resize' ? { ...before, notice: undefined } : before;
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
      // What does not compile cannot be kept; the line stays open to mend it.
      return state.filterError === undefined ? { ...addToHistory(state), mode: 'normal' } : state;
    case 'recallFilter':
      return recallFilter(state, action.by);
    case 'completeFilter':
      return completeInput(state);
    case 'clearFilter':
      return { ...withFilter(state, ''), mode: 'normal' };
    case 'openLine':
      return { ...state, mode: action.line, inputText: '' };
    case 'typeLine':
      return { ...state, inputText: truncateNote(state.inputText + action.text) };
    case 'eraseLine':
      return { ...state, inputText: erase[action.what](state.inputText) };
    case 'closeLine':
      return { ...state, mode: 'normal' };
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
    case 'show':
      return switchView(state, action.view, scene);
    case 'nextView':
      return switchView(state, nextInCycle(viewIds, state.activeView), scene);
    case 'zoom':
      return zoomHandlers[state.activeView]?.(state, action.by, scene) ?? state;
    case 'filterBy':
      return filterBy(state, action.what, scene);
    case 'toggleFollow':
      return {
        ...state,
        logBottom: state.logBottom === undefined ? newestEntryNumber(state, scene) : undefined,
      };
    case 'toggleMark':
      return toggleMark(state, scene);
    case 'nextMatch':
      return nextMatch(state, action.by, scene);
    case 'nextPane':
      if (state.activeView !== 'live') return state;
      return { ...state, pane: state.pane === 'table' ? 'log' : 'table' };
    case 'move':
      return move(state, action.rows, scene);
    case 'movePage':
      return move(state, action.pages * Math.max(1, pageRows(state) - 1), scene);
    case 'moveTo':
      return moveTo(state, action.end, scene);
    case 'point':
      return press(state, action.at, scene);
    case 'wheel':
      return scrollAt(state, action, scene);
    case 'openDetails':
      return openDetails(state, commandTarget(scene, state));
    case 'closeDetails':
      return { ...state, mode: 'normal', detailsOf: undefined };
    case 'nextDetails':
      return showNextDetails(state, action.by, scene);
    case 'openHelp':
      return { ...state, mode: 'help', helpTop: 0 };
    case 'closeHelp':
      return { ...state, mode: 'normal' };
    case 'scrollHelp':
      return { ...state, helpTop: scrolledHelpTop(state, action.rows) };
    case 'notify':
      return { ...state, notice: { text: action.text, tone: action.tone } };
    case 'resize':
      return { ...state, size: action.size, layout: layoutOf(action.size, state.hasAlertRow) };
    case 'dump':
    case 'record':
    case 'redraw':
    case 'copy':
    case 'suspend':
    case 'quit':
    case 'replay':
    case 'find':
    case 'jump':
    case 'note':
      return state;
    default:
      return action satisfies never;
  }
};

const nextInCycle = <T>(round: readonly T[], value: T): T =>
  round[(round.indexOf(value) + 1) % round.length] ?? value;

/** The same process is chosen in the other view, else one of the same name. */
const switchView = (state: ViewState, shown: ViewId, scene: ViewData): ViewState => {
  const chosen = selectedTarget(scene, state);
  // A row for a name does not say which process was meant before.
  const tellsMore =
    chosen?.pid !== undefined || (chosen?.comm !== undefined && chosen.comm !== state.lastSelected?.comm);
  const carried = tellsMore ? chosen : state.lastSelected;
  const next = { ...state, activeView: shown, lastSelected: carried, selection: undefined };
  if (!carried) return next;
  const list = rowListOf(scene, next);
  const same = list.indexOfKey(carried.key);
  const index = same >= 0 || carried.comm === undefined ? same : list.indexOfComm(carried.comm);
  return index < 0 ? next : selectRow(next, list, index, Math.max(0, index - Math.floor(pageRows(next) / 2)));
};
