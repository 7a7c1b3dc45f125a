/** Linux error numbers that Node reports as `UNKNOWN`. */
const missingNames: Readonly<Record<number, string>> = {
  [-122]: 'EDQUOT',
};

/** Returns the errno name of an error; undefined if it is not a system error. */
export const errnoName = (error: unknown): string | undefined => {
  const { code, errno = 0 } = (error ?? {}) as { code?: string; errno?: number };
  return code === 'UNKNOWN' ? (missingNames[errno] ?? code) : code;
};

/** Texts of errors of the network, by code. A later attempt may succeed. */
export const networkErrorTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be resolved now',
  ETIMEDOUT: 'no answer',
};
