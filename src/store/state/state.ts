import type { Grouping } from '../../domain/stats/groups.ts';
import type { Size, Tone } from '../actions/geometry.ts';
import type { Order, ViewId } from '../actions/view-id.ts';
import type { Mode, Rebound, Watched } from '../keys/binding.ts';
import type { Column } from '../views/process-columns.ts';
import type { Choice, Subject } from '../views/row-list.ts';
import { firstZoom } from '../views/timeline-list.ts';
import type { Folds } from '../views/tree-list.ts';
import { firstOrders } from '../views/views.ts';
import { emptyLine, type FilterLine, withFilter } from './filter-input.ts';
import { type Layout, layoutOf } from './layout.ts';
export type Pane = 'table' | 'log';
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
