/** By what churn is counted, beside all of it together. */
export const groupings = ['comm', 'parent', 'user'] as const;
export type Grouping = (typeof groupings)[number];
