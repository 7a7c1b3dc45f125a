/** The views, in the order of the digits that open them, from 0. Only a source of several guests has `hosts`. */
export const viewIds = ['hosts', 'live', 'churn', 'tree', 'timeline', 'failures'] as const;
export type ViewId = (typeof viewIds)[number];

/**
 * A list of rows: that of a view or, while all guests are on screen, the list that replaces it. `noGuest` is the empty list
 * of a view that shows one guest.
 */
export type ListId = ViewId | 'fleetChurn' | 'fleetFailures' | 'noGuest';

/** The sort order of a view's rows: a column ID of that view. */
export type Order = { by: string; reversed: boolean };
