import type { Direction } from '../../domain/source/replay-control.ts';
import type { ViewId } from '../actions/view-id.ts';
import type { ViewState } from '../state/state.ts';
import { visibleWindow } from '../views/row-list.ts';
import { nextZoom } from '../views/timeline-list.ts';
import { type CollapsedNodes, treeList } from '../views/tree-list.ts';
import { pageRows, selectRow } from './selection.ts';
import { treeRowsOf, type ViewData } from './selectors.ts';

type ZoomHandler = (state: ViewState, direction: Direction, data: ViewData) => ViewState | undefined;

/** The handler of the zoom action for each view that has one. It returns undefined if nothing changes. */
export const zoomHandlers: Readonly<Partial<Record<ViewId, ZoomHandler>>> = {
  timeline: (state, direction) => ({ ...state, zoom: nextZoom(state.zoom, direction) }),
  tree: (state, direction, data) => {
    const treeRows = treeRowsOf(data.system, state);
    const { rows } = treeRows;
    const list = treeList(treeRows);
    const { top, selected } = visibleWindow(list, state.selection, pageRows(state));
    const row = selected === undefined ? undefined : rows[selected];
    if (!row || selected === undefined) return undefined;
    const expand = direction > 0;
    if (row.collapsed === expand)
      return { ...state, collapsed: withCollapsed(state.collapsed, row.node.key, !expand) };
    if (expand) return undefined;
    // The node is collapsed already, or a leaf: select its parent.
    const parent = rows.findLastIndex(({ depth }, index) => index < selected && depth < row.depth);
    return parent < 0 ? undefined : selectRow(state, list, { index: parent, top });
  },
};

const maxCollapsed = 256;

/** Sets the collapsed flag of a node. Beyond `maxCollapsed` nodes, the oldest flag is dropped. */
const withCollapsed = (nodes: CollapsedNodes, key: string, isCollapsed: boolean): CollapsedNodes => {
  const otherEntries = [...nodes].filter(([other]) => other !== key);
  return new Map([...otherEntries, [key, isCollapsed] as const].slice(-maxCollapsed));
};
