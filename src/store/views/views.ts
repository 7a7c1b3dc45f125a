import type { Order, ViewId } from '../actions/view-id.ts';
import { churnSorts } from './churn-columns.ts';
import { failureSorts } from './failure-columns.ts';
import { processSorts } from './process-columns.ts';
import { timelineSorts } from './timeline-columns.ts';
import { treeSorts } from './tree-columns.ts';

/** A view: its title, its help text, and its sort orders. */
export type ViewInfo = {
  id: ViewId;
  title: string;
  help: string;
  /** The key that opens the view, besides its digit. */
  key?: string;
  /** Sort orders, in the order in which `s` selects them. The first is the default. */
  sorts: readonly string[];
};

/** The views, in the order of `viewIds` and of the digit keys. */
export const views: readonly ViewInfo[] = [
  { id: 'live', title: 'live', help: 'live processes and recent events', sorts: processSorts },
  { id: 'churn', title: 'churn', help: 'rates, totals and lifetimes by comm', sorts: churnSorts },
  {
    id: 'tree',
    title: 'tree',
    help: 'processes by parent, with counts of exited children',
    key: 'f5',
    sorts: treeSorts,
  },
  { id: 'timeline', title: 'timeline', help: 'recent lifetimes as bars over time', sorts: timelineSorts },
  {
    id: 'failures',
    title: 'failures',
    help: 'failed exits by command, the newest first',
    key: 'x',
    sorts: failureSorts,
  },
];

export const defaultOrders: Readonly<Record<ViewId, Order>> = Object.fromEntries(
  views.map(({ id, sorts }) => [id, { by: sorts[0] ?? '', reversed: false }]),
) as Record<ViewId, Order>;

export const viewInfo = (id: ViewId): ViewInfo => views.find((view) => view.id === id) as ViewInfo;
