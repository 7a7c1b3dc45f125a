import { churnSorts } from './churn-columns.ts';
import { sortOrder } from './process-columns.ts';
import { livesSorts } from './timeline-columns.ts';
import { treeSorts } from './tree-columns.ts';

/** A way to look at the churn. The digits stand for them in this order. */
export type ViewInfo = {
  id: string;
  title: string;
  help: string;
  /** What `s` goes round through; nothing where there is one order only. */
  sorts: readonly string[];
};

export const views = [
  { id: 'live', title: 'live', help: 'who is alive, and what comes and goes', sorts: sortOrder },
  { id: 'churn', title: 'churn', help: 'what churns: rate, total, lifetimes by comm', sorts: churnSorts },
  { id: 'tree', title: 'tree', help: 'who spawned whom, and how many of them ended', sorts: treeSorts },
  { id: 'timeline', title: 'timeline', help: 'recent lives as bars over time', sorts: livesSorts },
] as const satisfies readonly ViewInfo[];

export type ViewId = (typeof views)[number]['id'];

export const viewIds: readonly ViewId[] = views.map(({ id }) => id);

/** How a view's rows are ordered. */
export type Order = { by: string; reversed: boolean };

export const firstOrders: Readonly<Record<ViewId, Order>> = Object.fromEntries(
  views.map(({ id, sorts }) => [id, { by: sorts[0] ?? '', reversed: false }]),
) as Record<ViewId, Order>;

export const viewInfo = (id: ViewId): ViewInfo => views.find((view) => view.id === id) as ViewInfo;
