import { fitted } from '../domain/events/event.ts';
import { groupings } from '../domain/stats/groups.ts';
import type { Action } from './actions/action.ts';
import { type ViewId, viewIds } from './actions/view-id.ts';
import { detailing, filterBy, nextDetails, nextMatch, toggleMark } from './navigation/marks.ts';
import { inOrder, point, wheel } from './navigation/mouse.ts';
import { choosing, move, moveTo, newestOf, pageRows, scrolled } from './navigation/selection.ts';
import { chosenSubject, listOf, type Scene, subjectOf } from './navigation/selectors.ts';
import { zooms } from './navigation/zoom.ts';
import { completed, erased, recall, remember, withFilter } from './state/filter-input.ts';
import { layoutOf } from './state/layout.ts';
import type { ViewState } from './state/state.ts';
import { viewInfo } from './views/views.ts';
/** The state after `action`, seen against what is on screen. Pure; effects leave it as it is. */
export const reduce = (before: ViewState, action: Action, scene: Scene): ViewState => {
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
      return withFilter(state, erased[action.what](state.filterText));
    case 'keepFilter':
      // What does not compile cannot be kept; the line stays open to mend it.
      return state.filterError === undefined ? { ...remember(state), mode: 'normal' } : state;
    case 'recallFilter':
      return recall(state, action.by);
    case 'completeFilter':
      return completed(state);
    case 'clearFilter':
      return { ...withFilter(state, ''), mode: 'normal' };
    case 'openLine':
      return { ...state, mode: action.line, typed: '' };
    case 'typeLine':
      return { ...state, typed: fitted(state.typed + action.text) };
    case 'eraseLine':
      return { ...state, typed: erased[action.what](state.typed) };
    case 'closeLine':
      return { ...state, mode: 'normal' };
    case 'nextSort':
      return inOrder(state, ({ by }) => ({
        by: after(viewInfo(state.shown).sorts, by),
        reversed: false,
      }));
    case 'reverseSort':
      return inOrder(state, ({ by, reversed }) => ({ by, reversed: !reversed }));
    case 'nextGrouping':
      if (state.shown !== 'churn') return state;
      return { ...state, by: after(groupings, state.by), choice: undefined };
    case 'show':
      return showing(state, action.view, scene);
    case 'nextView':
      return showing(state, after(viewIds, state.shown), scene);
    case 'zoom':
      return zooms[state.shown]?.(state, action.by, scene) ?? state;
    case 'filterBy':
      return filterBy(state, action.what, scene);
    case 'toggleFollow':
      return { ...state, logBottom: state.logBottom === undefined ? newestOf(state, scene) : undefined };
    case 'toggleMark':
      return toggleMark(state, scene);
    case 'nextMatch':
      return nextMatch(state, action.by, scene);
    case 'nextPane':
      if (state.shown !== 'live') return state;
      return { ...state, pane: state.pane === 'table' ? 'log' : 'table' };
    case 'move':
      return move(state, action.rows, scene);
    case 'movePage':
      return move(state, action.pages * Math.max(1, pageRows(state) - 1), scene);
    case 'moveTo':
      return moveTo(state, action.end, scene);
    case 'point':
      return point(state, action.at, scene);
    case 'wheel':
      return wheel(state, action, scene);
    case 'openDetails':
      return detailing(state, subjectOf(scene, state));
    case 'closeDetails':
      return { ...state, mode: 'normal', detailed: undefined };
    case 'nextDetails':
      return nextDetails(state, action.by, scene);
    case 'openHelp':
      return { ...state, mode: 'help', helpTop: 0 };
    case 'closeHelp':
      return { ...state, mode: 'normal' };
    case 'scrollHelp':
      return { ...state, helpTop: scrolled(state, action.rows) };
    case 'notify':
      return { ...state, notice: { text: action.text, tone: action.tone } };
    case 'resize':
      return { ...state, size: action.size, layout: layoutOf(action.size, state.alerted) };
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

const after = <T>(round: readonly T[], value: T): T =>
  round[(round.indexOf(value) + 1) % round.length] ?? value;

/** The same process is chosen in the other view, else one of the same name. */
const showing = (state: ViewState, shown: ViewId, scene: Scene): ViewState => {
  const chosen = chosenSubject(scene, state);
  // A row for a name does not say which process was meant before.
  const tellsMore =
    chosen?.pid !== undefined || (chosen?.comm !== undefined && chosen.comm !== state.carried?.comm);
  const carried = tellsMore ? chosen : state.carried;
  const next = { ...state, shown, carried, choice: undefined };
  if (!carried) return next;
  const list = listOf(scene, next);
  const same = list.find(carried.key);
  const index = same >= 0 || carried.comm === undefined ? same : list.findComm(carried.comm);
  return index < 0 ? next : choosing(next, list, index, Math.max(0, index - Math.floor(pageRows(next) / 2)));
};
