import type { ViewId } from '../actions/view-id.ts';
import type { ViewState } from '../state/state.ts';
import { viewsOf } from '../views/views.ts';
import { showHosts } from './focus.ts';
import { selectInMiddle } from './selection.ts';
import { rowListOf, selectedTarget, type ViewData } from './selectors.ts';

/** Shows another view, and selects the same process there or else the first row of the same comm. */
export const switchView = (before: ViewState, activeView: ViewId, data: ViewData): ViewState => {
  if (activeView === 'hosts') return showHosts(before, data);
  const target = before.detailsOf ?? selectedTarget(data, before);
  // A row for a comm does not replace the process of that comm that was selected before.
  const isNewTarget =
    target?.pid !== undefined || (target?.comm !== undefined && target.comm !== before.lastSelected?.comm);
  const lastSelected = isNewTarget ? target : before.lastSelected;
  const next: ViewState = {
    ...before,
    activeView,
    lastSelected,
    selection: undefined,
    mode: 'normal',
    detailsOf: undefined,
    fullLog: false,
  };
  if (!lastSelected) return next;
  const list = rowListOf(data, next);
  const sameKey = list.indexOfKey(lastSelected.key);
  const index =
    sameKey >= 0 || lastSelected.comm === undefined ? sameKey : list.indexOfComm(lastSelected.comm);
  return index < 0 ? next : selectInMiddle(next, list, index);
};

/** Shows the view after the active one. The last is followed by the first. */
export const nextView = (state: ViewState, data: ViewData): ViewState => {
  const ids = viewsOf(state.sourceKind === 'fleet').map(({ id }) => id);
  return switchView(state, ids[(ids.indexOf(state.activeView) + 1) % ids.length] as ViewId, data);
};
