import { quoted } from '../domain/filter/expression.ts';
import { fitted } from '../domain/note.ts';
import { type Grouping, groupings } from '../domain/stats.ts';
import type { Action, Size, Spot, Tone } from './action.ts';
import type { Column } from './columns.ts';
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
import type { Mode, Rebound, Watched } from './keys.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type List, type Subject, windowOf } from './list.ts';
import { firstZoom, zoomed } from './lives-list.ts';
import { pointedAt } from './pointing.ts';
import type { Scene } from './scene.ts';
import { chosenSubject, isInLog, listOf, matchingEntries, subjectOf, treeShown } from './select.ts';
import { type Folds, treeList } from './tree-list.ts';
import { firstOrders, type Order, type ViewId, viewIds, viewInfo } from './views.ts';

export type Pane = 'table' | 'log';

/** The chosen row: its key, where it was, and the screen row it keeps while others come and go. */
export type Choice = { key: string; index: number; screenRow: number };

/** How the world is looked at. The world itself is not in here. */
export type ViewState = FilterLine & {
  mode: Mode;
  size: Size;
  layout: Layout;
  /** The header has a row for alerts. */
  alerted: boolean;
  paused: boolean;
  /** The view on screen. */
  shown: ViewId;
  /** Of the live view's lists, the one that keys move in. */
  pane: Pane;
  orders: Readonly<Record<ViewId, Order>>;
  /** What the churn view has a row for. */
  by: Grouping;
  /** What was opened or closed in the tree. */
  folds: Folds;
  /** Which span the timeline shows. */
  zoom: number;
  watched: Watched;
  /** The user's own keys. */
  rebound: Rebound;
  /** Of the table of processes; undefined: all there is room for. */
  columns: readonly Column['id'][] | undefined;
  /** The time or note being typed. */
  typed: string;
  choice: Choice | undefined;
  /** What the details are of, as long as they are on screen. */
  detailed: Subject | undefined;
  /** What was chosen last, to be chosen again in another view. */
  carried: Subject | undefined;
  /** Number of the log's last shown entry, counted from the first ever; undefined follows the newest. */
  logBottom: number | undefined;
  /** Keys of rows to come back to, oldest first. */
  marks: readonly string[];
  helpTop: number;
  notice: { text: string; tone: Tone } | undefined;
};

/** What a view begins with, besides its size. */
export type Beginning = Partial<Pick<ViewState, 'filterText' | 'watched' | 'rebound' | 'columns'>>;

export const initialState = (
  size: Size,
  { filterText = '', watched = 'live', rebound = new Map(), columns }: Beginning = {},
): ViewState =>
  withFilter(
    {
      mode: 'normal',
      size,
      layout: layoutOf(size),
      alerted: false,
      paused: false,
      shown: 'live',
      pane: 'table',
      orders: firstOrders,
      by: 'comm',
      folds: new Map(),
      zoom: firstZoom,
      watched,
      rebound,
      columns,
      typed: '',
      ...emptyLine,
      choice: undefined,
      detailed: undefined,
      carried: undefined,
      logBottom: undefined,
      marks: [],
      helpTop: 0,
      notice: undefined,
    },
    filterText,
  );

/** With a row of the header for alerts where there are any. */
export const withAlerts = (state: ViewState, alerted: boolean): ViewState =>
  alerted === state.alerted ? state : { ...state, alerted, layout: layoutOf(state.size, alerted) };

/** The state after `action`, seen against what is on screen. Pure; effects leave it as it is. */
export const reduce = (before: ViewState, action: Action, scene: Scene): ViewState => {
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
    case 'openLine':
      return { ...state, mode: action.line, typed: '' };
    case 'typeLine':
      return { ...state, typed: fitted(state.typed + action.text) };
    case 'eraseLine':
      return { ...state, typed: erased[action.what](state.typed) };
    case 'closeLine':
      return { ...state, mode: 'normal' };
    case 'nextSort':
      return inOrder(state, ({ by }) => ({
        by: after(viewInfo(state.shown).sorts, by),
        reversed: false,
      }));
    case 'reverseSort':
      return inOrder(state, ({ by, reversed }) => ({ by, reversed: !reversed }));
    case 'nextGrouping':
      if (state.shown !== 'churn') return state;
      return { ...state, by: after(groupings, state.by), choice: undefined };
    case 'show':
      return showing(state, action.view, scene);
    case 'nextView':
      return showing(state, after(viewIds, state.shown), scene);
    case 'zoom':
      return zooms[state.shown]?.(state, action.by, scene) ?? state;
    case 'filterBy':
      return filterBy(state, action.what, scene);
    case 'toggleFollow':
      return { ...state, logBottom: state.logBottom === undefined ? newestOf(state, scene) : undefined };
    case 'toggleMark':
      return toggleMark(state, scene);
    case 'nextMatch':
      return nextMatch(state, action.by, scene);
    case 'nextPane':
      if (state.shown !== 'live') return state;
      return { ...state, pane: state.pane === 'table' ? 'log' : 'table' };
    case 'move':
      return move(state, action.rows, scene);
    case 'movePage':
      return move(state, action.pages * Math.max(1, pageRows(state) - 1), scene);
    case 'moveTo':
      return moveTo(state, action.end, scene);
    case 'point':
      return point(state, action.at, scene);
    case 'wheel':
      return wheel(state, action, scene);
    case 'openDetails':
      return detailing(state, subjectOf(scene, state));
    case 'closeDetails':
      return { ...state, mode: 'normal', detailed: undefined };
    case 'nextDetails':
      return nextDetails(state, action.by, scene);
    case 'openHelp':
      return { ...state, mode: 'help', helpTop: 0 };
    case 'closeHelp':
      return { ...state, mode: 'normal' };
    case 'scrollHelp':
      return { ...state, helpTop: scrolled(state, action.rows) };
    case 'notify':
      return { ...state, notice: { text: action.text, tone: action.tone } };
    case 'resize':
      return { ...state, size: action.size, layout: layoutOf(action.size, state.alerted) };
    case 'dump':
    case 'record':
    case 'redraw':
    case 'copy':
    case 'suspend':
    case 'quit':
    case 'replay':
    case 'find':
    case 'jump':
    case 'note':
      return state;
    default:
      return action satisfies never;
  }
};

const after = <T>(round: readonly T[], value: T): T =>
  round[(round.indexOf(value) + 1) % round.length] ?? value;

/** Another order: whoever was chosen is elsewhere now. */
const inOrder = (state: ViewState, order: (before: Order) => Order): ViewState => ({
  ...state,
  orders: { ...state.orders, [state.shown]: order(state.orders[state.shown]) },
  choice: undefined,
});

/** The same process is chosen in the other view, else one of the same name. */
const showing = (state: ViewState, shown: ViewId, scene: Scene): ViewState => {
  const chosen = chosenSubject(scene, state);
  // A row for a name does not say which process was meant before.
  const tellsMore =
    chosen?.pid !== undefined || (chosen?.comm !== undefined && chosen.comm !== state.carried?.comm);
  const carried = tellsMore ? chosen : state.carried;
  const next = { ...state, shown, carried, choice: undefined };
  if (!carried) return next;
  const list = listOf(scene, next);
  const same = list.find(carried.key);
  const index = same >= 0 || carried.comm === undefined ? same : list.findComm(carried.comm);
  return index < 0 ? next : choosing(next, list, index, Math.max(0, index - Math.floor(pageRows(next) / 2)));
};

/** How many rows the list has that keys move in. */
export const pageRows = (view: ViewState): number => {
  const { layout } = view;
  if (layout.kind === 'too small') return 1;
  if (view.shown !== 'live') return layout.bodyRows;
  return isInLog(view) ? layout.logRows : layout.tableRows;
};

/** The last line stops at the bottom of the screen. */
const scrolled = ({ helpTop, size, watched }: ViewState, rows: number): number =>
  Math.max(0, Math.min(helpLength(watched, size.columns) - helpRows(size.rows), helpTop + rows));

const move = (state: ViewState, rows: number, scene: Scene): ViewState =>
  isInLog(state) ? moveLog(state, rows, scene) : moveChoice(state, rows, scene);

const moveTo = (state: ViewState, end: 'first' | 'last', scene: Scene): ViewState => {
  const far = end === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return move(state, far, scene);
};

/** A row is chosen; a column's title sorts by it, and once more the other way round. */
const point = (state: ViewState, at: Spot, scene: Scene): ViewState => {
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
const wheel = (state: ViewState, { at, rows }: { at: Spot; rows: number }, scene: Scene): ViewState => {
  if (state.mode === 'help') return { ...state, helpTop: scrolled(state, rows) };
  const pointed = state.mode === 'normal' ? pointedAt(state, at) : undefined;
  if (!pointed) return state;
  return move(state.shown === 'live' ? { ...state, pane: pointed.pane } : state, rows, scene);
};

const moveChoice = (state: ViewState, rows: number, scene: Scene): ViewState => {
  const list = listOf(scene, state);
  if (list.length === 0) return { ...state, choice: undefined };
  const { top, chosen } = windowOf(list, state.choice, pageRows(state));
  // The first press shows where one is; it does not move.
  const from = chosen ?? (rows > 0 ? -1 : 0);
  return choosing(state, list, Math.max(0, Math.min(list.length - 1, from + rows)), top);
};

/** Choose a row; from the row at the top of the screen the list moves no further than it must. */
const choosing = (state: ViewState, list: List, index: number, top: number): ViewState => {
  const screenRow = Math.max(0, Math.min(pageRows(state) - 1, index - top));
  return { ...state, choice: { key: list.subject(index).key, index, screenRow } };
};

/** What seeing more or less of it means in a view. */
const zooms: Readonly<
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

const detailing = (state: ViewState, detailed: Subject | undefined): ViewState =>
  detailed ? { ...state, mode: 'details', detailed } : state;

/** The details follow the choice; where nothing was chosen (they are of the log's last line) they stay. */
const nextDetails = (state: ViewState, by: 1 | -1, scene: Scene): ViewState => {
  if (isInLog(state)) return state;
  const moved = moveChoice(state, by, scene);
  return detailing(moved, chosenSubject(scene, moved));
};

const filterTexts: Readonly<
  Record<'comm' | 'subtree', (of: Pick<Subject, 'comm' | 'pid'>) => string | undefined>
> = {
  comm: ({ comm }) => (comm === undefined ? undefined : `comm=${quoted(comm)}`),
  subtree: ({ pid }) => (pid === undefined ? undefined : `under=${pid}`),
};

/** The same filter asked for again is taken off. */
const filterBy = (state: ViewState, what: 'comm' | 'subtree', scene: Scene): ViewState => {
  const subject = subjectOf(scene, state);
  const text = subject && filterTexts[what](subject);
  const back: ViewState = { ...state, mode: 'normal', detailed: undefined };
  // Whoever was chosen may have left since; then the key means the filter it made.
  const meant = state.mode === 'details' || chosenSubject(scene, state) !== undefined;
  const again = state.filterText === text || (!meant && filterForms[what].test(state.filterText));
  if (again) return withFilter(back, '');
  return text === undefined ? unchosen(state) : remember(withFilter(back, text));
};

/** What the key has put into the line. */
const filterForms: Readonly<Record<'comm' | 'subtree', RegExp>> = {
  comm: /^comm=(?:[^\s,"']+|"(?:[^"]|"")*")$/,
  subtree: /^under=\d+$/,
};

/** A key that means a row, where none is chosen, says so. */
const unchosen = (state: ViewState): ViewState => ({
  ...state,
  notice: { text: 'no row is chosen; j, k or a press of the mouse chooses one', tone: 'error' },
});

const newestOf = (state: ViewState, { world }: Scene): number | undefined =>
  matchingEntries(world, state.filter).at(-1);

const mostMarks = 64;

/** Beyond so many the oldest mark goes. */
const toggleMark = (state: ViewState, scene: Scene): ViewState => {
  const chosen = chosenSubject(scene, state);
  if (!chosen) return unchosen(state);
  const others = state.marks.filter((key) => key !== chosen.key);
  const marks = others.length < state.marks.length ? others : [...others, chosen.key].slice(-mostMarks);
  return { ...state, marks };
};

/** To the next row that is marked; while none is, of the same name. Round and round. */
const nextMatch = (state: ViewState, by: 1 | -1, scene: Scene): ViewState => {
  const list = listOf(scene, state);
  const { top, chosen } = windowOf(list, state.choice, pageRows(state));
  const marks = state.marks.filter((key) => list.find(key) >= 0);
  const comm = chosen === undefined ? undefined : list.subject(chosen).comm;
  if (marks.length === 0 && comm === undefined) return unchosen(state);
  const matches = (subject: Subject) =>
    marks.length > 0 ? marks.includes(subject.key) : subject.comm === comm;
  const from = chosen ?? (by > 0 ? -1 : 0);
  for (let step = 1; step <= list.length; step++) {
    const index = (list.length + from + by * step) % list.length;
    if (matches(list.subject(index))) return choosing(state, list, index, top);
  }
  return state;
};

const moveLog = (state: ViewState, rows: number, { world }: Scene): ViewState => {
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
