import { quote } from '../../domain/filter/ast.ts';
import { addToHistory, withFilter } from '../state/filter-input.ts';
import type { ViewState } from '../state/state.ts';
import type { RowTarget } from '../views/row-list.ts';
import { withNoSelectionNotice } from './selection.ts';
import { commandTarget, selectedTarget, type ViewData } from './selectors.ts';

const filterTextFor: Readonly<
  Record<'comm' | 'subtree', (target: Pick<RowTarget, 'comm' | 'pid'>) => string | undefined>
> = {
  comm: ({ comm }) => (comm === undefined ? undefined : `comm=${quote(comm)}`),
  subtree: ({ pid }) => (pid === undefined ? undefined : `under=${pid}`),
};

/** Patterns of the filter texts that `filterBy` sets. */
const generatedFilterPatterns: Readonly<Record<'comm' | 'subtree', RegExp>> = {
  comm: /^comm=(?:[^\s,"']+|"(?:[^"]|"")*")$/,
  subtree: /^under=\d+$/,
};

/** Sets a filter for the comm or the subtree of the selected row, or clears it if it is set already. */
export const filterBy = (state: ViewState, what: 'comm' | 'subtree', data: ViewData): ViewState => {
  const target = commandTarget(data, state);
  const text = target && filterTextFor[what](target);
  const closed: ViewState = { ...state, mode: 'normal', detailsOf: undefined };
  // The selected process may have exited. The key then clears the filter that it set for that process.
  const hasTarget = state.mode === 'details' || selectedTarget(data, state) !== undefined;
  const isSameFilter =
    state.filterText === text || (!hasTarget && generatedFilterPatterns[what].test(state.filterText));
  if (isSameFilter) return withFilter(closed, '');
  return text === undefined ? withNoSelectionNotice(state) : addToHistory(withFilter(closed, text));
};
