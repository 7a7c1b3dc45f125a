/** Returns a quantile of unsorted values, 0 to 1. NaN if there are none. */
export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;

/** Returns the median of unsorted values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
