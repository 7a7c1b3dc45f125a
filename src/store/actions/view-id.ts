/** The views, in the order of the digits that open them. */
export const viewIds = ['live', 'churn', 'tree', 'timeline'] as const;
export type ViewId = (typeof viewIds)[number];

/** How a view's rows are ordered. */
export type Order = { by: string; reversed: boolean };
