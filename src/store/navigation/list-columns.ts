import type { Grouping } from '../../domain/stats/groups.ts';
import type { ListId, Order } from '../actions/view-id.ts';
import {
  fleetChurnColumns,
  fleetChurnSorts,
  fleetFailureColumns,
  fleetFailureSorts,
} from '../fleet/comm-list.ts';
import { listIdOf, type ViewState } from '../state/state.ts';
import { churnColumnsOf } from '../views/churn-columns.ts';
import { failureColumns } from '../views/failure-columns.ts';
import { hostColumnTable } from '../views/host-columns.ts';
import { selectColumns } from '../views/process-columns.ts';
import type { TableColumn } from '../views/table-column.ts';
import { timelineColumns } from '../views/timeline-columns.ts';
import { treeColumns } from '../views/tree-columns.ts';
import { viewInfo } from '../views/views.ts';

/** A column with its title, or with one title for each grouping. */
type TitledColumn = TableColumn & { title: string | Readonly<Record<Grouping, string>> };

type ColumnsOf = (view: ViewState, table: { hasCgroups: boolean }) => readonly TitledColumn[];

/** Returns the columns of each list. */
const columnsById: Readonly<Record<ListId, ColumnsOf>> = {
  hosts: () => hostColumnTable,
  noGuest: () => [],
  fleetChurn: ({ fleetGroupBy }) => fleetChurnColumns[fleetGroupBy],
  fleetFailures: () => fleetFailureColumns,
  live: ({ columns }, table) => selectColumns(columns, table),
  churn: ({ groupBy }) => churnColumnsOf(groupBy),
  tree: () => treeColumns,
  timeline: () => timelineColumns,
  failures: () => failureColumns,
};

/** Returns the columns of the list that the active view shows. */
export const columnsOf: ColumnsOf = (view, table) => columnsById[listIdOf(view)](view, table);

/** Sort orders of the lists that are not those of a view. */
const fleetSorts: Readonly<Partial<Record<ListId, readonly string[]>>> = {
  fleetChurn: fleetChurnSorts,
  fleetFailures: fleetFailureSorts,
  noGuest: [],
};

/** Returns the sort orders of the list that the active view shows. */
export const sortsOf = (view: ViewState): readonly string[] =>
  fleetSorts[listIdOf(view)] ?? viewInfo(view.activeView).sorts;

/** Sets the order of the active view, and clears the selection. */
export const withOrder = (state: ViewState, order: (before: Order) => Order): ViewState => ({
  ...state,
  orders: { ...state.orders, [state.activeView]: order(state.orders[state.activeView]) },
  selection: undefined,
});
