import type { SystemState } from '../../src/domain/processes/system-state.ts';
import type { ViewData } from '../../src/store/navigation/selectors.ts';
import { initialState, type ViewState } from '../../src/store/state/state.ts';
import { ChurnModel } from '../../src/store/views/churn-data.ts';

/** A world on screen, with the statistics of the events it holds. */
export const sceneOf = (
  system: SystemState,
  view: Pick<ViewState, 'activeView' | 'filter' | 'groupBy'> = initialState({ columns: 80, rows: 24 }),
): ViewData => {
  const churn = new ChurnModel();
  churn.restart(system);
  return { system, churn: churn.dataFor(system, view) };
};
