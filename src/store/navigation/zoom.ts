import type { ViewId } from '../actions/view-id.ts';
import type { ViewState } from '../state/state.ts';
import { visibleWindow } from '../views/row-list.ts';
import { nextZoom } from '../views/timeline-list.ts';
import { type CollapsedNodes, treeList } from '../views/tree-list.ts';
import { pageRows, selectRow } from './selection.ts';
import { treeRowsOf, type ViewData } from './selectors.ts';

/** What seeing more or less of it means in a view. */
export const zoomHandlers: Readonly<
  Partial<Record<ViewId, (state: ViewState, by: 1 | -1, scene: ViewData) => ViewState | undefined>>
> = {
  timeline: (state, by) => ({ ...state, zoom: nextZoom(state.zoom, by) }),
  tree: (state, by, scene) => {
    const shown = treeRowsOf(scene.system, state);
    const list = treeList(shown);
    const { top, selected } = visibleWindow(list, state.selection, pageRows(state));
    const row = selected === undefined ? undefined : shown.rows[selected];
    if (!row || selected === undefined) return undefined;
    if (row.collapsed === by > 0)
      return { ...state, collapsed: withCollapsed(state.collapsed, row.node.key, by < 0) };
    if (by > 0) return undefined;
    const above = shown.rows.findLastIndex(({ depth }, index) => index < selected && depth < row.depth);
    return above < 0 ? undefined : selectRow(state, list, above, top);
  },
};

const maxCollapsed = 256;

/** Beyond so many the one opened or closed longest ago goes back to how it was at first. */
const withCollapsed = (folds: CollapsedNodes, key: string, closed: boolean): CollapsedNodes => {
  const otherEntries = [...folds].filter(([other]) => other !== key);
  return new Map([...otherEntries, [key, closed] as const].slice(-maxCollapsed));
};
