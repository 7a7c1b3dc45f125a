/** Linux error numbers that Node reports as `UNKNOWN`. */
const missingNames: Readonly<Record<number, string>> = {
  [-122]: 'EDQUOT',
};

/** Returns the errno name of an error; undefined if it is not a system error. */
export const errnoName = (error: unknown): string | undefined => {
  const { code, errno = 0 } = (error ?? {}) as { code?: string; errno?: number };
  return code === 'UNKNOWN' ? (missingNames[errno] ?? code) : code;
};
