/** Threads that wait for a read that may never return. Node joins its threads when it exits, so they block the exit. */
export const blockedThreads = new Set<object>();
