import type { Order, ViewId } from '../actions/view-id.ts';
import { churnSorts } from './churn-columns.ts';
import { processSorts } from './process-columns.ts';
import { timelineSorts } from './timeline-columns.ts';
import { treeSorts } from './tree-columns.ts';

/** A way to look at the churn. The digits stand for them in this order. */
export type ViewInfo = {
  id: ViewId;
  title: string;
  help: string;
  /** What `s` goes round through; nothing where there is one order only. */
  sorts: readonly string[];
};

/** In the order of `viewIds`. */
export const views: readonly ViewInfo[] = [
  { id: 'live', title: 'live', help: 'who is alive, and what comes and goes', sorts: processSorts },
  { id: 'churn', title: 'churn', help: 'what churns: rate, total, lifetimes by comm', sorts: churnSorts },
  { id: 'tree', title: 'tree', help: 'who spawned whom, and how many of them ended', sorts: treeSorts },
  { id: 'timeline', title: 'timeline', help: 'recent lives as bars over time', sorts: timelineSorts },
];

export const defaultOrders: Readonly<Record<ViewId, Order>> = Object.fromEntries(
  views.map(({ id, sorts }) => [id, { by: sorts[0] ?? '', reversed: false }]),
) as Record<ViewId, Order>;

export const viewInfo = (id: ViewId): ViewInfo => views.find((view) => view.id === id) as ViewInfo;
