import type { Direction } from '../../domain/source/replay-control.ts';
import type { ViewState } from '../state/state.ts';
import type { RowTarget } from '../views/row-list.ts';
import { openGuest, opensGuest } from './focus.ts';
import { moveSelection } from './selection.ts';
import { commandTarget, isLogFocused, selectedTarget, type ViewData } from './selectors.ts';

const openDetails = (state: ViewState, target: RowTarget | undefined): ViewState =>
  target ? { ...state, mode: 'details', detailsOf: target, detailsTop: 0 } : state;

/** Opens the details of the selected row, or else selects the first row. In the log: of the last event on screen. */
export const openSelected = (state: ViewState, data: ViewData): ViewState => {
  if (opensGuest(state)) return openGuest(state, data);
  if (isLogFocused(state) || selectedTarget(data, state))
    return openDetails(state, commandTarget(data, state));
  const moved = moveSelection(state, 1, data);
  const target = selectedTarget(data, moved);
  return target ? openDetails(moved, target) : { ...state, notice: { text: 'no row to show', tone: 'info' } };
};

/** Shows the details of the next row. Details that were opened from the log stay. */
export const showNextDetails = (state: ViewState, direction: Direction, data: ViewData): ViewState => {
  if (isLogFocused(state)) return state;
  const moved = moveSelection(state, direction, data);
  return openDetails(moved, selectedTarget(data, moved));
};
