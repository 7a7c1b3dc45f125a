/** Numbers of Linux for which Node has no name: it calls each of them `UNKNOWN`. */
const missingNames: Readonly<Record<number, string>> = {
  [-122]: 'EDQUOT',
};

/** The errno name of an error, or undefined where it is not the system's. */
export const errnoName = (error: unknown): string | undefined => {
  const { code, errno = 0 } = (error ?? {}) as { code?: string; errno?: number };
  return code === 'UNKNOWN' ? (missingNames[errno] ?? code) : code;
};
