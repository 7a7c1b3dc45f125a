/** Compares two values of one type, for ascending order. */
export const compareValues = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
