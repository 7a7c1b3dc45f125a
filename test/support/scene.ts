import type { World } from '../../src/domain/processes/system-state.ts';
import type { Scene } from '../../src/store/navigation/selectors.ts';
import { initialState, type ViewState } from '../../src/store/state/state.ts';
import { Churn } from '../../src/store/views/churn-data.ts';

/** A world on screen, with the statistics of the events it holds. */
export const sceneOf = (
  world: World,
  view: Pick<ViewState, 'shown' | 'filter' | 'by'> = initialState({ columns: 80, rows: 24 }),
): Scene => {
  const churn = new Churn();
  churn.restart(world);
  return { world, churn: churn.look(world, view) };
};
