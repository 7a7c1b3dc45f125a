import { keyOf } from '../domain/identity.ts';
import type { World } from '../domain/world.ts';
import type { Action, Size, Tone } from './action.ts';
import { type SortId, sortOrder } from './columns.ts';
import {
  completed,
  emptyLine,
  erased,
  type FilterLine,
  recall,
  remember,
  withFilter,
} from './filter-line.ts';
import { helpLength, helpRows } from './help.ts';
import type { Mode, Watched } from './keys.ts';
import { type Layout, layoutOf } from './layout.ts';
import { matchingEntries, tableRows, tableWindow } from './select.ts';

export type Pane = 'table' | 'log';

/** The chosen table row: the process, where it was, and the screen row it keeps while others come and go. */
export type Choice = { key: string; index: number; screenRow: number };

/** How the world is looked at. The world itself is not in here. */
export type ViewState = FilterLine & {
  mode: Mode;
  size: Size;
  layout: Layout;
  paused: boolean;
  pane: Pane;
  sort: SortId;
  watched: Watched;
  /** The time typed to jump to. */
  jumpText: string;
  choice: Choice | undefined;
  /** Number of the log's last shown entry, counted from the first ever; undefined follows the newest. */
  logBottom: number | undefined;
  helpTop: number;
  notice: { text: string; tone: Tone } | undefined;
};

export const initialState = (size: Size, filterText = '', watched: Watched = 'live'): ViewState =>
  withFilter(
    {
      mode: 'normal',
      size,
      layout: layoutOf(size),
      paused: false,
      pane: 'table',
      sort: 'age',
      watched,
      jumpText: '',
      ...emptyLine,
      choice: undefined,
      logBottom: undefined,
      helpTop: 0,
      notice: undefined,
    },
    filterText,
  );

/** The state after `action`, seen against the world on screen. Pure; effects leave it as it is. */
export const reduce = (before: ViewState, action: Action, world: World): ViewState => {
  // A message stands until the next key.
  const state = before.notice && action.type !== 'resize' ? { ...before, notice: undefined } : before;
  switch (action.type) {
    case 'togglePause':
      return { ...state, paused: !state.paused };
    case 'openFilter':
      return { ...state, mode: 'filter' };
    case 'typeFilter':
      return withFilter(state, state.filterText + action.text);
    case 'eraseFilter':
      return withFilter(state, erased[action.what](state.filterText));
    case 'keepFilter':
      // What does not compile cannot be kept; the line stays open to mend it.
      return state.filterError === undefined ? { ...remember(state), mode: 'normal' } : state;
    case 'recallFilter':
      return recall(state, action.by);
    case 'completeFilter':
      return completed(state);
    case 'clearFilter':
      return { ...withFilter(state, ''), mode: 'normal' };
    case 'openJump':
      return { ...state, mode: 'jump', jumpText: '' };
    case 'typeJump':
      return { ...state, jumpText: state.jumpText + action.text };
    case 'eraseJump':
      return { ...state, jumpText: erased[action.what](state.jumpText) };
    case 'closeJump':
      return { ...state, mode: 'normal' };
    case 'nextSort':
      return { ...state, sort: after(sortOrder, state.sort), choice: undefined };
    case 'nextPane':
      return { ...state, pane: state.pane === 'table' ? 'log' : 'table' };
    case 'move':
      return move(state, action.rows, world);
    case 'movePage':
      return move(state, action.pages * Math.max(1, pageRows(state) - 1), world);
    case 'moveTo':
      return moveTo(state, action.end, world);
    case 'openHelp':
      return { ...state, mode: 'help', helpTop: 0 };
    case 'closeHelp':
      return { ...state, mode: 'normal' };
    case 'scrollHelp':
      return { ...state, helpTop: scrolled(state, action.rows) };
    case 'notify':
      return { ...state, notice: { text: action.text, tone: action.tone } };
    case 'resize':
      return { ...state, size: action.size, layout: layoutOf(action.size) };
    case 'dump':
    case 'record':
    case 'redraw':
    case 'suspend':
    case 'quit':
    case 'replay':
    case 'find':
    case 'jump':
      return state;
    default:
      return action satisfies never;
  }
};

const after = <T>(round: readonly T[], value: T): T => round[(round.indexOf(value) + 1) % round.length] as T;

const pageRows = ({ layout, pane }: ViewState): number => {
  if (layout.kind === 'too small') return 1;
  return pane === 'table' ? layout.tableRows : layout.logRows;
};

/** The last line stops at the bottom of the screen. */
const scrolled = ({ helpTop, size, watched }: ViewState, rows: number): number =>
  Math.max(0, Math.min(helpLength(watched) - helpRows(size.rows), helpTop + rows));

const move = (state: ViewState, rows: number, world: World): ViewState =>
  state.pane === 'table' ? moveChoice(state, rows, world) : moveLog(state, rows, world);

const moveTo = (state: ViewState, end: 'first' | 'last', world: World): ViewState => {
  const far = end === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return move(state, far, world);
};

const moveChoice = (state: ViewState, rows: number, world: World): ViewState => {
  const list = tableRows(world, state);
  if (list.length === 0) return { ...state, choice: undefined };
  const page = pageRows(state);
  const { top, chosen } = tableWindow(list, state.choice, page);
  // The first press shows where one is; it does not move.
  const from = chosen ?? (rows > 0 ? -1 : 0);
  const index = Math.max(0, Math.min(list.length - 1, from + rows));
  const screenRow = Math.max(0, Math.min(page - 1, index - top));
  const process = list[index] as (typeof list)[number];
  return { ...state, choice: { key: keyOf(process), index, screenRow } };
};

const moveLog = (state: ViewState, rows: number, world: World): ViewState => {
  const matching = matchingEntries(world, state.filter);
  const newest = matching.length - 1;
  const bottom = state.logBottom;
  // Up ends where the oldest entry is on the top row; down at the newest it follows again.
  const oldest = Math.min(newest, pageRows(state) - 1);
  const found = bottom === undefined ? newest : matching.findLastIndex((entry) => entry <= bottom);
  const at = Math.max(oldest, found);
  const to = Math.max(oldest, Math.min(newest, at + rows));
  return { ...state, logBottom: to >= newest ? undefined : matching[to] };
};
