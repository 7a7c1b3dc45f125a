import type { ViewId } from '../actions/view-id.ts';
import type { ViewState } from '../state/state.ts';
import { windowOf } from '../views/row-list.ts';
import { zoomed } from '../views/timeline-list.ts';
import { type Folds, treeList } from '../views/tree-list.ts';
import { choosing, pageRows } from './selection.ts';
import { type Scene, treeShown } from './selectors.ts';

/** What seeing more or less of it means in a view. */
export const zooms: Readonly<
  Partial<Record<ViewId, (state: ViewState, by: 1 | -1, scene: Scene) => ViewState | undefined>>
> = {
  timeline: (state, by) => ({ ...state, zoom: zoomed(state.zoom, by) }),
  tree: (state, by, scene) => {
    const shown = treeShown(scene.world, state);
    const list = treeList(shown);
    const { top, chosen } = windowOf(list, state.choice, pageRows(state));
    const row = chosen === undefined ? undefined : shown.rows[chosen];
    if (!row || chosen === undefined) return undefined;
    if (row.folded === by > 0) return { ...state, folds: folded(state.folds, row.node.key, by < 0) };
    if (by > 0) return undefined;
    const above = shown.rows.findLastIndex(({ depth }, index) => index < chosen && depth < row.depth);
    return above < 0 ? undefined : choosing(state, list, above, top);
  },
};

const mostFolds = 256;

/** Beyond so many the one opened or closed longest ago goes back to how it was at first. */
const folded = (folds: Folds, key: string, closed: boolean): Folds => {
  const others = [...folds].filter(([other]) => other !== key);
  return new Map([...others, [key, closed] as const].slice(-mostFolds));
};
