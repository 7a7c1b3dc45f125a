/** Longest delay of `setTimeout`. */
const maxTimerMs = 2 ** 31 - 1;

/** Resolves after a time, rounded up to milliseconds. */
export const delay = async (ns: bigint): Promise<void> => {
  for (let leftMs = Math.ceil(Number(ns) / 1e6); leftMs > 0; leftMs -= maxTimerMs)
    await new Promise((resolve) => setTimeout(resolve, Math.min(leftMs, maxTimerMs)));
};
