/** The views, in the order of the digits that open them. */
export const viewIds = ['live', 'churn', 'tree', 'timeline', 'failures'] as const;
export type ViewId = (typeof viewIds)[number];

/** The sort order of a view's rows: a column ID of that view. */
export type Order = { by: string; reversed: boolean };
