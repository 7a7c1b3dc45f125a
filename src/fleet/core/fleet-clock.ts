/** The clocks and the timer of this machine. */
export type FleetClock = {
  /** Monotonic time, ns. */
  nowNs: () => bigint;
  /** Wall time, ns since the epoch. */
  wallNs: () => bigint;
  /** Calls `callback` once after the delay. Returns a function that cancels the call. */
  schedule: (delayMs: number, callback: () => void) => () => void;
};

export const systemFleetClock: FleetClock = {
  nowNs: () => process.hrtime.bigint(),
  wallNs: () => BigInt(Date.now()) * 1_000_000n,
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
