import type { Spot } from './action.ts';
import { windowOf } from './list.ts';
import { choosing, move, pageRows, scrolled } from './moving.ts';
import { pointedAt } from './pointing.ts';
import type { Scene } from './scene.ts';
import { listOf } from './select.ts';
import type { ViewState } from './state.ts';
import { type Order, viewInfo } from './views.ts';

/** Another order: whoever was chosen is elsewhere now. */
export const inOrder = (state: ViewState, order: (before: Order) => Order): ViewState => ({
  ...state,
  orders: { ...state.orders, [state.shown]: order(state.orders[state.shown]) },
  choice: undefined,
});

/** A row is chosen; a column's title sorts by it, and once more the other way round. */
export const point = (state: ViewState, at: Spot, scene: Scene): ViewState => {
  const pointed = state.mode === 'normal' ? pointedAt(state, at) : undefined;
  if (!pointed) return state;
  const { pane, row, column } = pointed;
  const there = state.shown === 'live' ? { ...state, pane } : state;
  if (pane === 'log') return there;
  if (row === undefined) return sortedBy(there, column);
  const list = listOf(scene, there);
  const { top } = windowOf(list, there.choice, pageRows(there));
  return top + row < list.length ? choosing(there, list, top + row, top) : there;
};

const sortedBy = (state: ViewState, column: string | undefined): ViewState => {
  const sorts: readonly string[] = viewInfo(state.shown).sorts;
  if (column === undefined || !sorts.includes(column)) return state;
  return inOrder(state, ({ by, reversed }) => ({ by: column, reversed: by === column && !reversed }));
};

/** Whatever is under the pointer moves. */
export const wheel = (
  state: ViewState,
  { at, rows }: { at: Spot; rows: number },
  scene: Scene,
): ViewState => {
  if (state.mode === 'help') return { ...state, helpTop: scrolled(state, rows) };
  const pointed = state.mode === 'normal' ? pointedAt(state, at) : undefined;
  if (!pointed) return state;
  return move(state.shown === 'live' ? { ...state, pane: pointed.pane } : state, rows, scene);
};
