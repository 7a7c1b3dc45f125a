/** The real-time clock and timer of a player. */
export type PlayerClock = {
  /** Monotonic time, ns. */
  now: () => bigint;
  /** Calls `callback` once after the delay. Returns a function that cancels the call. */
  schedule: (delayMs: number, callback: () => void) => () => void;
};

export const systemClock: PlayerClock = {
  now: () => process.hrtime.bigint(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
