import type { SourceInfo, UserNameResolver } from '../domain/source/event-source.ts';
import { rejectUnavailable, type UnavailableField } from './state/filter-input.ts';
import type { ViewState } from './state/state.ts';

type Options = { usersOf?: UserNameResolver };

/** Rejects a filter on data that the source does not have. */
export const validateFilter = (view: ViewState, info: SourceInfo, { usersOf }: Options): ViewState => {
  const unavailable: UnavailableField[] = [];
  if (usersOf && !usersOf(info)) unavailable.push('firstUserName');
  if (!info.cgroups) unavailable.push('firstCgroup');
  return rejectUnavailable(view, unavailable);
};

/** Validates the filter, with a notice if it is rejected while the input line is closed. */
export const withFilterNotice = (before: ViewState, info: SourceInfo, options: Options): ViewState => {
  const view = validateFilter(before, info, options);
  if (view === before || view.mode === 'filter') return view;
  const text = `filter off: ${view.filterError?.error}`;
  return { ...view, notice: { text, tone: 'error' } };
};
