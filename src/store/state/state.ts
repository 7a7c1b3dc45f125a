import type { Grouping } from '../../domain/stats/groups.ts';
import type { Size, Tone } from '../actions/geometry.ts';
import type { Order, ViewId } from '../actions/view-id.ts';
import type { KeyOverrides, Mode, SourceKind } from '../keys/binding.ts';
import type { ProcessColumn } from '../views/process-columns.ts';
import type { RowTarget, Selection } from '../views/row-list.ts';
import { defaultZoom } from '../views/timeline-list.ts';
import type { CollapsedNodes } from '../views/tree-list.ts';
import { defaultOrders } from '../views/views.ts';
import { emptyFilterInput, type FilterInput, withFilter } from './filter-input.ts';
import { type Layout, layoutOf } from './layout.ts';
export type Pane = 'table' | 'log';
/** How the world is looked at. The world itself is not in here. */
export type ViewState = FilterInput & {
  mode: Mode;
  size: Size;
  layout: Layout;
  /** The header has a row for alerts. */
  hasAlertRow: boolean;
  paused: boolean;
  /** The view on screen. */
  activeView: ViewId;
  /** Of the live view's lists, the one that keys move in. */
  pane: Pane;
  orders: Readonly<Record<ViewId, Order>>;
  /** What the churn view has a row for. */
  groupBy: Grouping;
  /** What was opened or closed in the tree. */
  collapsed: CollapsedNodes;
  /** Which span the timeline shows. */
  zoom: number;
  sourceKind: SourceKind;
  /** The user's own keys. */
  keyOverrides: KeyOverrides;
  /** Of the table of processes; undefined: all there is room for. */
  columns: readonly ProcessColumn['id'][] | undefined;
  /** The time or note being typed. */
  inputText: string;
  selection: Selection | undefined;
  /** What the details are of, as long as they are on screen. */
  detailsOf: RowTarget | undefined;
  /** What was chosen last, to be chosen again in another view. */
  lastSelected: RowTarget | undefined;
  /** Number of the log's last shown entry, counted from the first ever; undefined follows the newest. */
  logBottom: number | undefined;
  /** Keys of rows to come back to, oldest first. */
  marks: readonly string[];
  helpTop: number;
  notice: { text: string; tone: Tone } | undefined;
};

/** What a view begins with, besides its size. */
export type InitialOptions = Partial<
  Pick<ViewState, 'filterText' | 'sourceKind' | 'keyOverrides' | 'columns'>
>;

export const initialState = (
  size: Size,
  { filterText = '', sourceKind = 'live', keyOverrides = new Map(), columns }: InitialOptions = {},
): ViewState =>
  withFilter(
    {
      mode: 'normal',
      size,
      layout: layoutOf(size),
      hasAlertRow: false,
      paused: false,
      activeView: 'live',
      pane: 'table',
      orders: defaultOrders,
      groupBy: 'comm',
      collapsed: new Map(),
      zoom: defaultZoom,
      sourceKind,
      keyOverrides,
      columns,
      inputText: '',
      ...emptyFilterInput,
      selection: undefined,
      detailsOf: undefined,
      lastSelected: undefined,
      logBottom: undefined,
      marks: [],
      helpTop: 0,
      notice: undefined,
    },
    filterText,
  );

/** With a row of the header for alerts where there are any. */
export const withAlertRow = (state: ViewState, hasAlertRow: boolean): ViewState =>
  hasAlertRow === state.hasAlertRow
    ? state
    : { ...state, hasAlertRow, layout: layoutOf(state.size, hasAlertRow) };
