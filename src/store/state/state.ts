import type { CommandStyle } from '../../domain/commands/command-text.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import type { Tone } from '../actions/action.ts';
import type { Size } from '../actions/geometry.ts';
import type { ListId, Order, ViewId } from '../actions/view-id.ts';
import type { FleetGrouping } from '../fleet/comm-list.ts';
import type { KeyOverrides, Mode, SourceKind } from '../keys/binding.ts';
import type { ProcessColumn } from '../views/process-columns.ts';
import type { RowTarget, Selection } from '../views/row-list.ts';
import { defaultZoom } from '../views/timeline-list.ts';
import type { CollapsedNodes } from '../views/tree-list.ts';
import { defaultOrders } from '../views/views.ts';
import { emptyFilterInput, type FilterInput, withFilter } from './filter-input.ts';
import { type HeaderRows, type Layout, layoutOf } from './layout.ts';

/** A list of the live view. */
export type Pane = 'table' | 'log';

/** The state of the screen: everything that keys change. The system state is separate. */
export type ViewState = FilterInput & {
  mode: Mode;
  size: Size;
  layout: Layout;
  /** Whether the header has a row for alerts. */
  hasAlertRow: boolean;
  /** Whether the header has a row for a problem, for the followed file or for the scrub bar of a replay. */
  hasStatusRow: boolean;
  paused: boolean;
  activeView: ViewId;
  /** The focused pane of the live view. */
  pane: Pane;
  orders: Readonly<Record<ViewId, Order>>;
  /** The grouping of the rows in the churn view. */
  groupBy: Grouping;
  /** The same while all guests are on screen. */
  fleetGroupBy: FleetGrouping;
  /** The guest whose processes are on screen. Undefined: all guests, or the source has one guest only. */
  focusedGuest: string | undefined;
  /** The view that shows a guest after it was chosen in the hosts view. */
  guestView: ViewId;
  /** Nodes of the tree that the user has opened or closed. */
  collapsed: CollapsedNodes;
  /** How commands are shown. */
  commandStyle: CommandStyle;
  /** Index of the timeline's span. */
  zoom: number;
  sourceKind: SourceKind;
  keyOverrides: KeyOverrides;
  /** Columns of the process table, in order; undefined: all that fit. */
  columns: readonly ProcessColumn['id'][] | undefined;
  /** The text of the input line for a time or a note. */
  inputText: string;
  /** The text that rows and log entries are searched for; empty while nothing is searched. */
  searchText: string;
  /** Number of the log entry that the search has found last. */
  foundEntry: number | undefined;
  /** Index of the selected column in the sort menu. */
  menuIndex: number;
  /** Whether the log fills the screen. */
  fullLog: boolean;
  /** Index of the first line of the details on screen, below their title. */
  detailsTop: number;
  selection: Selection | undefined;
  /** Whether the overview of a replay is on screen, or below an input line or the help. */
  overview: boolean;
  /** The selected row of the alert list. */
  alertSelection: Selection | undefined;
  /** The target of the details; undefined while they are closed. */
  detailsOf: RowTarget | undefined;
  /** The last selection, to select the same process or comm in another view. */
  lastSelected: RowTarget | undefined;
  /** Number of the last log entry on screen (see `matchingEntryNumbers`); undefined follows new entries. */
  logBottom: number | undefined;
  /** Keys of the marked rows, oldest mark first. */
  marks: readonly string[];
  /** Index of the first help line on screen. */
  helpTop: number;
  /** A message in the footer, until the next key. */
  notice: { text: string; tone: Tone } | undefined;
};

/** Options of `initialState`, besides the size. */
export type InitialOptions = Partial<
  Pick<ViewState, 'filterText' | 'sourceKind' | 'keyOverrides' | 'columns' | 'overview' | 'focusedGuest'>
>;

export const initialState = (
  size: Size,
  {
    filterText = '',
    sourceKind = 'live',
    keyOverrides = new Map(),
    columns,
    overview = false,
    focusedGuest,
  }: InitialOptions = {},
): ViewState =>
  withFilter(
    {
      mode: overview ? 'overview' : 'normal',
      size,
      layout: layoutOf(size),
      hasAlertRow: false,
      hasStatusRow: false,
      paused: false,
      activeView: sourceKind === 'fleet' && focusedGuest === undefined ? 'hosts' : 'live',
      pane: 'table',
      orders: defaultOrders,
      groupBy: 'comm',
      fleetGroupBy: 'comm',
      focusedGuest,
      guestView: 'live',
      collapsed: new Map(),
      commandStyle: 'command',
      zoom: defaultZoom,
      sourceKind,
      keyOverrides,
      columns,
      inputText: '',
      searchText: '',
      foundEntry: undefined,
      menuIndex: 0,
      fullLog: false,
      detailsTop: 0,
      ...emptyFilterInput,
      selection: undefined,
      overview,
      alertSelection: undefined,
      detailsOf: undefined,
      lastSelected: undefined,
      logBottom: undefined,
      marks: [],
      helpTop: 0,
      notice: undefined,
    },
    filterText,
  );

/** Returns whether all guests of a fleet are on screen, and not the processes of one. */
export const isFleetWide = ({
  sourceKind,
  focusedGuest,
}: Pick<ViewState, 'sourceKind' | 'focusedGuest'>): boolean =>
  sourceKind === 'fleet' && focusedGuest === undefined;

/** The lists that replace those of one guest while all guests are on screen. */
const fleetLists: Readonly<Record<ViewId, ListId>> = {
  hosts: 'hosts',
  live: 'noGuest',
  churn: 'fleetChurn',
  tree: 'noGuest',
  timeline: 'noGuest',
  failures: 'fleetFailures',
};

/** Returns the list that the active view shows. */
export const listIdOf = (view: Pick<ViewState, 'activeView' | 'sourceKind' | 'focusedGuest'>): ListId =>
  isFleetWide(view) ? fleetLists[view.activeView] : view.activeView;

/** Returns the state after an input line, the alert list or the help was closed. */
export const withBaseMode = (state: ViewState): ViewState => ({
  ...state,
  mode: state.overview ? 'overview' : 'normal',
});

/** Adds or removes the rows that the header has at times. */
export const withHeaderRows = (state: ViewState, rows: Required<HeaderRows>): ViewState =>
  rows.hasAlertRow === state.hasAlertRow && rows.hasStatusRow === state.hasStatusRow
    ? state
    : { ...state, ...rows, layout: layoutOf(state.size, rows) };
